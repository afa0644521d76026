package io.wadi.runtime;

import io.wadi.kafka.ReplacedRoutes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.client.KafkaRoundTrip;
import io.wadi.kafka.partitions.PartitionHealth;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.topics.EndpointTopics;
import io.wadi.kafka.topics.HangingTransactions;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.TopicsInSync;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.ConsumersConnected;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.EventLoops;
import io.wadi.runtime.health.ProcessLiveness;
import io.wadi.runtime.health.RoutesStarted;
import io.wadi.runtime.health.ServerCheck;
import io.wadi.runtime.health.ServerChecks;
import io.wadi.runtime.health.SteadyClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.health.HealthCheckRegistry;

/** Starts the health checks of servers and topics when the first endpoint that uses them is added. */
final class EndpointChecks implements AutoCloseable {
    private final FeatureContext pipeline;
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

    EndpointChecks(FeatureContext pipeline, PartitionStates partitions, EventLoops eventLoops, AfterStart afterStart) {
        this.pipeline = pipeline;
        this.partitions = partitions;
        partitionHealth = new PartitionHealth(
                partitions, pipeline.get(WadiSettings.HEALTH_STALL_TIMEOUT), SteadyClock.instance());
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
                checks.start(each.name(), registry, each.immediately(), each.checks());
            }
        }
        if (registry != null) {
            registry.register(new RoutesStarted(route ->
                    pipeline.kafka().routeControl().mayTake(route) && !ReplacedRoutes.isChanging(context, route)));
            checks.start("process", registry, () -> processChecks(context));
        }
    }

    /** Synchronized, since several threads may add endpoints. */
    private synchronized void checkKafka(HealthCheckRegistry registry) {
        if (registry != null) {
            registry.register(pipeline.topicProvisioner());
            registry.register(partitionHealth);
        }
        pipeline.topicProvisioner().start();
        checks.start("kafka", registry, this::kafkaChecks);
        withKafka.forEach((name, supplier) -> checks.start(name, registry, supplier));
        afterStartWithKafka.forEach(afterStart::run);
        afterStartWithKafka.clear();
    }

    /** Returns the checks of Kafka: the round trip of a record, and the state of the partitions in use. */
    private List<ServerCheck> kafkaChecks() {
        KafkaClients kafka = pipeline.kafka();
        String where = "Kafka " + pipeline.get(WadiSettings.KAFKA_BROKERS);
        String topic = pipeline.get(WadiSettings.HEALTH_TOPIC);
        Duration timeout = pipeline.healthThresholds().answerWithin();
        List<ServerCheck> ofKafka = new ArrayList<>();
        // Without a declared topic for the round trip, the metadata of the other topics proves that Kafka responds.
        boolean writes = pipeline.topics().find(topic).isPresent();
        if (writes) {
            ofKafka.add(new ServerCheck(
                    "wadi-kafka",
                    Use.READINESS,
                    where,
                    "events are rejected with 503 and acknowledged ones are not lost; it recovers once Kafka accepts"
                            + " records",
                    new KafkaRoundTrip(kafka, topic, timeout)));
        }
        ofKafka.add(new ServerCheck(
                "wadi-kafka-topics",
                writes ? Use.NONE : Use.READINESS,
                where,
                "records for these partitions wait or are rejected; it recovers once the partitions are available",
                new TopicsInSync(() -> kafka.adminProperties(timeout), this::topicsInUse, partitions::identify)));
        ofKafka.add(new ServerCheck(
                "wadi-kafka-transactions",
                Use.NONE,
                where,
                "records after the beginning of the transaction wait; reading resumes once it has ended",
                new HangingTransactions(
                        () -> kafka.adminProperties(timeout), this::topicsInUse, SteadyClock.instance())));
        return ofKafka;
    }

    /** Returns the names of the declared and the consumed topics. */
    private Set<String> topicsInUse() {
        Set<String> names =
                pipeline.topics().all().stream().map(Topic::name).collect(Collectors.toCollection(TreeSet::new));
        names.addAll(partitions.topics());
        return names;
    }

    /** Returns the checks of the process itself: liveness and connected consumers. */
    private List<ServerCheck> processChecks(CamelContext context) {
        KafkaClients kafka = pipeline.kafka();
        Duration stuckAfter = pipeline.get(WadiSettings.HEALTH_THREAD_TIMEOUT);
        Supplier<Optional<String>> stuck = () -> partitions
                .findStuck(stuckAfter)
                .or(eventLoops::stuck)
                .or(() -> kafka.routeControl().threads().findMissing(context, stuckAfter));
        return List.of(
                new ServerCheck(
                        "wadi-process",
                        Use.LIVENESS,
                        "this process",
                        "restart it; acknowledged records are not lost",
                        new ProcessLiveness(stuck, restarts())),
                new ServerCheck(
                        "wadi-consumers",
                        Use.NONE,
                        "this process",
                        "their records wait in Kafka; the consumers reconnect",
                        new ConsumersConnected(context, kafka.routeControl().threads()::pollFailure)));
    }

    /** Describes earlier restarts by a supervisor; empty after the first start. */
    private String restarts() {
        long count = pipeline.get(WadiSettings.RESTART_COUNT);
        String cause = pipeline.get(WadiSettings.RESTART_CAUSE);
        return count == 0
                ? ""
                : "restarts: %d, the last one after the process %s"
                        .formatted(count, cause.isEmpty() ? "ended by itself" : cause);
    }

    @Override
    public void close() throws InterruptedException {
        checks.close();
    }
}
