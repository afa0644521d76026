package io.wadi.runtime.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * The health check of one monitored dependency. It reads the last known state and sends no request. Its message and
 * details give the result, the place, the time and the consequence.
 */
public final class DebouncedCheck extends AbstractHealthCheck {
    private final Subject subject;
    private final MonitoredDependency watched;
    private final Clock clock;

    /** The effect of a check that is down. */
    public enum Use {
        /** Load balancers send no requests to this process. */
        READINESS,
        /** The orchestrator restarts the process. */
        LIVENESS,
        /** None; it is shown to operators. */
        NONE
    }

    /**
     * The subject of a check.
     *
     * @param id the id of the check
     * @param where a server's address, or a partition
     * @param next what happens next while the check is down
     */
    public record Subject(String id, Use use, String where, String next) {}

    public DebouncedCheck(Subject subject, MonitoredDependency watched, Clock clock) {
        super("wadi", subject.id());
        this.subject = subject;
        this.watched = watched;
        this.clock = clock;
    }

    @Override
    public boolean isReadiness() {
        return subject.use() == Use.READINESS;
    }

    @Override
    public boolean isLiveness() {
        return subject.use() == Use.LIVENESS;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        HealthState state = watched.now();
        builder.detail("where", subject.where());
        builder.detail("since", state.since().toString());
        if (state.checkedAt() != null) {
            builder.detail("age-ms", age(state).toMillis());
        }
        if (state.fault() != null) {
            builder.detail("failure", state.fault());
            builder.detail("next", subject.next());
        }
        builder.message(describe(state)).state(state.isUp() ? State.UP : State.DOWN);
    }

    private Duration age(HealthState state) {
        return Duration.between(state.checkedAt(), clock.instant());
    }

    private String describe(HealthState state) {
        Instant changesAt = state.changesAt(watched.thresholds());
        if (state.checkedAt() == null) {
            return subject.where() + ": no result yet; checked since " + state.since();
        }
        String ago = "%d ms ago".formatted(age(state).toMillis());
        if (state.isUp()) {
            String up = "%s: %s; %s".formatted(subject.where(), state.proof(), ago);
            return changesAt == null
                    ? up
                    : "%s; failing since %s: %s; down if this lasts until %s"
                            .formatted(up, state.pendingSince(), state.fault(), changesAt);
        }
        String down = "%s: %s; down since %s, checked %s".formatted(subject.where(), state.fault(), state.since(), ago);
        return changesAt == null
                ? down + "; " + subject.next()
                : "%s; succeeding since %s: up if this lasts until %s".formatted(down, state.pendingSince(), changesAt);
    }
}
