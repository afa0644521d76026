package io.wadi.runtime;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.health.ConsumersConnected;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.EventLoops;
import io.wadi.runtime.health.ProcessLiveness;
import io.wadi.runtime.health.RoutesStarted;
import io.wadi.runtime.health.ServerCheck;
import io.wadi.runtime.health.ServerChecks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;

/** The health checks of the process itself: liveness, started routes and connected consumers. */
final class ProcessHealth {
    private final KafkaClients kafka;
    private final PartitionStates partitions;
    private final EventLoops eventLoops;
    private final Duration stuckAfter;
    private final String restarts;

    /**
     * Creates the checks without starting them.
     *
     * @param stuckAfter how long a thread may process one record before liveness fails
     * @param restarts a description of earlier restarts, for messages; empty after a first start
     */
    ProcessHealth(
            KafkaClients kafka,
            PartitionStates partitions,
            EventLoops eventLoops,
            Duration stuckAfter,
            String restarts) {
        this.kafka = kafka;
        this.partitions = partitions;
        this.eventLoops = eventLoops;
        this.stuckAfter = stuckAfter;
        this.restarts = restarts;
    }

    /** Starts the checks; does nothing if they are running or the context has no health checks. */
    void watch(CamelContext context, ServerChecks checks) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry == null) {
            return;
        }
        registry.register(new RoutesStarted(kafka.routeControl()::mayTake));
        Supplier<Optional<String>> stuck = () -> partitions
                .findStuck(stuckAfter)
                .or(eventLoops::stuck)
                .or(() -> kafka.routeControl().threads().findMissing(context, stuckAfter));
        checks.start(
                "process",
                registry,
                () -> List.of(
                        new ServerCheck(
                                "wadi-process",
                                Use.LIVENESS,
                                "this process",
                                "restart it; acknowledged records are not lost",
                                new ProcessLiveness(List.of(stuck), restarts)),
                        new ServerCheck(
                                "wadi-consumers",
                                Use.NONE,
                                "this process",
                                "their records wait in Kafka; the consumers reconnect",
                                new ConsumersConnected(
                                        context, kafka.routeControl().threads()::pollFailure))));
    }
}
