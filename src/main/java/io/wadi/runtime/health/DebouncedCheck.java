package io.wadi.runtime.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Tells health what is held of one thing that is watched. It reads what is known and asks nobody. Its message, and its data
 * in parts, say what was found, where, since when and what follows.
 */
public final class DebouncedCheck extends AbstractHealthCheck {
    private final Subject subject;
    private final MonitoredDependency watched;
    private final Clock clock;

    /** What a check decides about. */
    public enum Use {
        /** Requests are not to be sent here while it is down. */
        READINESS,
        /** The process is to be restarted while it is down. */
        LIVENESS,
        /** People are to see to it. */
        NONE
    }

    /**
     * What is watched.
     *
     * @param id of the check
     * @param where it is: a server's address, or a partition
     * @param next what follows where it is down, in words
     */
    public record Subject(String id, Use use, String where, String next) {}

    /** Takes what is watched, and whose time ages are of. */
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
        HealthState standing = watched.now();
        builder.detail("where", subject.where());
        builder.detail("since", standing.since().toString());
        if (standing.heard() != null) {
            builder.detail("age-ms", age(standing).toMillis());
        }
        if (standing.fault() != null) {
            builder.detail("failed", standing.fault());
            builder.detail("next", subject.next());
        }
        builder.message(words(standing)).state(standing.isUp() ? State.UP : State.DOWN);
    }

    private Duration age(HealthState standing) {
        return Duration.between(standing.heard(), clock.instant());
    }

    private String words(HealthState standing) {
        Instant turns = standing.turns(watched.patience());
        if (standing.heard() == null) {
            return subject.where() + ": nothing is known yet; it is being asked since " + standing.since();
        }
        String ago = "%d ms ago".formatted(age(standing).toMillis());
        if (standing.isUp()) {
            String well = "%s: %s; %s".formatted(subject.where(), standing.proof(), ago);
            return turns == null
                    ? well
                    : "%s; but since %s: %s; it is down where that lasts until %s"
                            .formatted(well, standing.turned(), standing.fault(), turns);
        }
        String down =
                "%s: %s; down since %s, asked %s".formatted(subject.where(), standing.fault(), standing.since(), ago);
        return turns == null
                ? down + "; " + subject.next()
                : "%s; well since %s: up where that lasts until %s".formatted(down, standing.turned(), turns);
    }
}
