package io.wadi.runtime;

import io.wadi.kafka.ReplacedRoutes;
import io.wadi.kafka.partitions.PartitionHealth;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.topics.EndpointTopics;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.EventLoops;
import io.wadi.runtime.health.RoutesStarted;
import io.wadi.runtime.health.ServerCheck;
import io.wadi.runtime.health.ServerChecks;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.health.HealthCheckRegistry;

/** Starts the health checks of servers and topics when the first endpoint that uses them is added. */
final class EndpointChecks implements AutoCloseable {
    private final FeatureContext pipeline;
    private final Settings settings;
    private final PartitionStates partitions;
    private final PartitionHealth partitionHealth;
    private final EventLoops eventLoops;
    private final ServerChecks checks;
    private final AfterStart afterStart;
    private final List<Runnable> afterStartWithKafka = new ArrayList<>();
    private final List<KafkaUse> kafkaUses = new ArrayList<>();
    private final Map<String, Supplier<List<ServerCheck>>> withKafka = new LinkedHashMap<>();
    private final List<EndpointCheck> withEndpoints = new ArrayList<>();

    /** Endpoints that use Kafka, and the topics of each. */
    private record KafkaUse(Predicate<Endpoint> endpoints, Function<Endpoint, Collection<String>> topics) {}

    /** Checks that start with the first endpoint of a type. */
    private record EndpointCheck(
            Class<? extends Endpoint> type, String name, boolean immediately, Supplier<List<ServerCheck>> checks) {}

    EndpointChecks(
            FeatureContext pipeline,
            Settings settings,
            PartitionStates partitions,
            EventLoops eventLoops,
            AfterStart afterStart) {
        this.pipeline = pipeline;
        this.settings = settings;
        this.partitions = partitions;
        partitionHealth =
                new PartitionHealth(partitions, settings.get(WadiSettings.HEALTH_STALL_TIMEOUT), Clock.systemUTC());
        this.eventLoops = eventLoops;
        this.afterStart = afterStart;
        checks = new ServerChecks(pipeline.healthThresholds(), afterStart::run);
        usesKafka(
                KafkaEndpoint.class::isInstance,
                endpoint -> EndpointTopics.of(endpoint).names());
    }

    void usesKafka(Predicate<Endpoint> endpoints, Function<Endpoint, Collection<String>> topics) {
        kafkaUses.add(new KafkaUse(endpoints, topics));
    }

    void afterStartWithKafka(Runnable action) {
        afterStartWithKafka.add(action);
    }

    void checkWithKafka(String name, Supplier<List<ServerCheck>> supplier) {
        withKafka.put(name, supplier);
    }

    void checkWith(
            Class<? extends Endpoint> type, String name, boolean immediately, Supplier<List<ServerCheck>> supplier) {
        withEndpoints.add(new EndpointCheck(type, name, immediately, supplier));
    }

    /** Starts the checks that an endpoint needs, unless they are already running. */
    void added(Endpoint endpoint) {
        CamelContext context = endpoint.getCamelContext();
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        List<KafkaUse> uses =
                kafkaUses.stream().filter(use -> use.endpoints().test(endpoint)).toList();
        if (!uses.isEmpty()) {
            uses.forEach(use -> use.topics().apply(endpoint).forEach(pipeline.topicProvisioner()::addUsed));
            checkKafka(registry);
        }
        for (EndpointCheck each : withEndpoints) {
            if (each.type().isInstance(endpoint)) {
                if (each.immediately()) {
                    checks.startNow(each.name(), registry, each.checks());
                } else {
                    checks.start(each.name(), registry, each.checks());
                }
            }
        }
        if (registry != null) {
            registry.register(new RoutesStarted(route ->
                    pipeline.kafka().routeControl().mayTake(route) && !ReplacedRoutes.isChanging(context, route)));
            checks.start(
                    "process",
                    registry,
                    () -> ProcessHealth.checks(context, pipeline.kafka(), partitions, eventLoops, settings));
        }
    }

    /** Synchronized, since several threads may add endpoints. */
    private synchronized void checkKafka(HealthCheckRegistry registry) {
        if (registry != null) {
            registry.register(pipeline.topicProvisioner());
            registry.register(partitionHealth);
        }
        pipeline.topicProvisioner().start();
        checks.start(
                "kafka",
                registry,
                () -> KafkaHealth.checks(
                        pipeline.kafka(),
                        settings.get(WadiSettings.KAFKA_BROKERS),
                        settings.get(WadiSettings.HEALTH_TOPIC),
                        pipeline.topics(),
                        partitions::topics,
                        pipeline.healthThresholds()));
        withKafka.forEach((name, supplier) -> checks.start(name, registry, supplier));
        afterStartWithKafka.forEach(afterStart::run);
        afterStartWithKafka.clear();
    }

    @Override
    public void close() throws InterruptedException {
        checks.close();
    }
}
