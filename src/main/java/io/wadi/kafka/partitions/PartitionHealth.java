package io.wadi.kafka.partitions;

import io.wadi.runtime.health.HealthState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRepository;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * A health check for each partition that is read here: down while its tries have failed for some time, and where it does not
 * advance although there are records.
 */
public final class PartitionHealth implements HealthCheckRepository {
    private final PartitionStates states;
    private final Duration stalledAfter;
    private final Clock clock;
    private boolean enabled = true;

    /** Takes what is known of the partitions, and how long one may not advance. */
    public PartitionHealth(PartitionStates states, Duration stalledAfter, Clock clock) {
        this.states = states;
        this.stalledAfter = stalledAfter;
        this.clock = clock;
    }

    @Override
    public String getId() {
        return "wadi-partitions";
    }

    @Override
    public boolean isEnabled() {
        return enabled;
    }

    @Override
    public void setEnabled(boolean newEnabled) {
        enabled = newEnabled;
    }

    @Override
    public Stream<HealthCheck> stream() {
        return enabled ? states.all().stream().map(OfPartition::new) : Stream.empty();
    }

    private final class OfPartition extends AbstractHealthCheck {
        private final PartitionStates.State state;

        OfPartition(PartitionStates.State state) {
            super("wadi", "partition:%s:%s".formatted(state.group(), state.partition()));
            this.state = state;
        }

        /** One partition that waits is no reason to take the process, with its other partitions, out of service. */
        @Override
        public boolean isReadiness() {
            return false;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            Instant now = clock.instant();
            HealthState standing = states.standing(state);
            Optional<String> stalled = states.advance(state).flatMap(advance -> advance.stalled(now, stalledAfter));
            builder.detail("where", "%s of group %s".formatted(state.partition(), state.group()));
            states.advance(state).ifPresent(advance -> tell(builder, advance, now));
            if (state.isFailing()) {
                builder.detail("failed", state.failure());
                builder.detail("offset", state.offset());
                builder.detail("tries", state.tries());
                builder.detail("since", state.since().toString());
            }
            words(standing, stalled).ifPresent(builder::message);
            builder.state(standing.isUp() && stalled.isEmpty() ? State.UP : State.DOWN);
        }

        /** What fails or stalls; or, where it has failed until a moment ago, that it does not any more. */
        private Optional<String> words(HealthState standing, Optional<String> stalled) {
            if (stalled.isPresent()) {
                String failing = state.isFailing() ? "; " + standing.fault() : "";
                return Optional.of(
                        "%s of group %s: %s%s".formatted(state.partition(), state.group(), stalled.get(), failing));
            }
            if (state.isFailing()) {
                return Optional.ofNullable(standing.fault());
            }
            return standing.isUp()
                    ? Optional.empty()
                    : Optional.of("%s of group %s goes on since %s: up where that lasts"
                            .formatted(state.partition(), state.group(), state.since()));
        }

        private static void tell(HealthCheckResultBuilder builder, Advance advance, Instant now) {
            builder.detail("handed-over", advance.handed());
            builder.detail("done", advance.safe());
            builder.detail("unread", advance.unread());
            builder.detail("age-ms", Duration.between(advance.looked(), now).toMillis());
        }
    }
}
