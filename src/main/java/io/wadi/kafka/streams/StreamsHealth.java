package io.wadi.kafka.streams;

import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.HealthState;
import io.wadi.runtime.health.HealthThresholds;
import io.wadi.runtime.health.MonitoredDependency;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Tells health of one thing about a topology: down where there is something to say of it and has been for some time. None of
 * them is a reason not to send requests here, which are taken all the same.
 */
final class StreamsHealth extends AbstractHealthCheck {
    private static final HealthThresholds NONE =
            new HealthThresholds(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final boolean liveness;
    private final MonitoredDependency watched;
    private final Supplier<Optional<String>> trouble;

    private StreamsHealth(String id, boolean liveness, HealthThresholds patience, Supplier<Optional<String>> trouble) {
        super("wadi", id);
        this.liveness = liveness;
        this.watched = new MonitoredDependency(patience, Clock.systemUTC());
        this.trouble = trouble;
    }

    /** Down while there is a complaint. */
    static StreamsHealth complaint(String name, Supplier<Optional<String>> complaint, HealthThresholds patience) {
        return new StreamsHealth("wadi-streams-" + name + "-complaint", false, patience, complaint);
    }

    /** Down where the topology has ended by itself: it does not begin again in this process. */
    static StreamsHealth ended(String name, RunningFlow flow) {
        return new StreamsHealth(
                "wadi-streams-" + name + "-ended",
                true,
                NONE,
                () -> flow.hasEnded() ? Optional.of("it has ended: restart the process") : Optional.empty());
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
        HealthState standing =
                watched.found(trouble.get().map(CheckResult::fault).orElseGet(() -> CheckResult.proof("all is well")));
        builder.detail("since", standing.since().toString());
        if (standing.fault() != null) {
            builder.message(standing.fault());
        }
        builder.state(standing.isUp() ? State.UP : State.DOWN);
    }
}
