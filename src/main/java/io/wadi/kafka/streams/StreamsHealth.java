package io.wadi.kafka.streams;

import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.HealthState;
import io.wadi.runtime.health.HealthThresholds;
import io.wadi.runtime.health.MonitoredDependency;
import io.wadi.runtime.health.SteadyClock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * A health check of one aspect of a topology, which is down once a fault has persisted. It does not affect readiness,
 * since ingest works without the topology.
 */
final class StreamsHealth extends AbstractHealthCheck {
    private static final HealthThresholds NONE =
            new HealthThresholds(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final boolean liveness;
    private final MonitoredDependency monitored;
    private final Supplier<Optional<String>> fault;

    private StreamsHealth(String id, boolean liveness, HealthThresholds thresholds, Supplier<Optional<String>> fault) {
        super("wadi", id);
        this.liveness = liveness;
        this.monitored = new MonitoredDependency(thresholds, SteadyClock.instance());
        this.fault = fault;
    }

    /** Creates a check that is down while there is a warning. */
    static StreamsHealth warning(String name, Supplier<Optional<String>> warning, HealthThresholds thresholds) {
        return new StreamsHealth("wadi-streams-" + name + "-warning", false, thresholds, warning);
    }

    /** Creates a liveness check that is down after the topology has stopped on its own, which only a restart fixes. */
    static StreamsHealth ended(String name, RunningFlow flow) {
        return new StreamsHealth(
                "wadi-streams-" + name + "-ended",
                true,
                NONE,
                () -> flow.hasEnded() ? Optional.of("the topology has stopped: restart Wadi") : Optional.empty());
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    public boolean isLiveness() {
        return liveness;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        HealthState health =
                monitored.update(fault.get().map(CheckResult::fault).orElseGet(() -> CheckResult.proof("healthy")));
        builder.detail("since", health.since().toString());
        if (health.fault() != null) {
            builder.message(health.fault());
        }
        builder.state(health.isUp() ? State.UP : State.DOWN);
    }
}
