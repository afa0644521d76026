package io.wadi.runtime;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.ConsumersConnected;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.EventLoops;
import io.wadi.runtime.health.ProcessLiveness;
import io.wadi.runtime.health.ServerCheck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/** The health checks of the process itself: liveness and connected consumers. */
final class ProcessHealth {
    private ProcessHealth() {}

    /**
     * Returns the checks of liveness and of consumers.
     *
     * @param settings the thread timeout after which liveness fails, and the earlier restarts
     */
    static List<ServerCheck> checks(
            CamelContext context,
            KafkaClients kafka,
            PartitionStates partitions,
            EventLoops eventLoops,
            Settings settings) {
        Duration stuckAfter = settings.get(WadiSettings.HEALTH_THREAD_TIMEOUT);
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
                        new ProcessLiveness(stuck, restarts(settings))),
                new ServerCheck(
                        "wadi-consumers",
                        Use.NONE,
                        "this process",
                        "their records wait in Kafka; the consumers reconnect",
                        new ConsumersConnected(context, kafka.routeControl().threads()::pollFailure)));
    }

    /** Describes earlier restarts by a supervisor; empty after the first start. */
    private static String restarts(Settings settings) {
        long count = settings.get(WadiSettings.RESTART_COUNT);
        String cause = settings.get(WadiSettings.RESTART_CAUSE);
        return count == 0
                ? ""
                : "restarts: %d, the last one after the process %s"
                        .formatted(count, cause.isEmpty() ? "ended by itself" : cause);
    }
}
