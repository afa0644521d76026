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
 * A repository with one health check for each partition that this process reads. A check is down if attempts have been
 * failing for some time, or if the partition makes no progress although there are records.
 */
public final class PartitionHealth implements HealthCheckRepository {
    private final PartitionStates states;
    private final Duration stallTimeout;
    private final Clock clock;
    private boolean enabled = true;

    public PartitionHealth(PartitionStates states, Duration stallTimeout, Clock clock) {
        this.states = states;
        this.stallTimeout = stallTimeout;
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

        /**
         * Returns false: one failing partition must not take the process, with its other partitions, out of service.
         */
        @Override
        public boolean isReadiness() {
            return false;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            Instant now = clock.instant();
            HealthState health = states.health(state);
            Optional<ReadProgress> progress = states.progress(state);
            Optional<String> stall = progress.flatMap(each -> each.stall(now, stallTimeout));
            builder.detail("where", "%s of group %s".formatted(state.partition(), state.group()));
            progress.ifPresent(each -> addDetails(builder, each, now));
            if (state.isFailing()) {
                builder.detail("failure", state.failure());
                builder.detail("offset", state.offset());
                builder.detail("attempts", state.attempts());
                builder.detail("since", state.since().toString());
            }
            message(health, stall).ifPresent(builder::message);
            builder.state(health.isUp() && stall.isEmpty() ? State.UP : State.DOWN);
        }

        /** Describes the stall or failure, or the recovery if it is too recent to count as up. */
        private Optional<String> message(HealthState health, Optional<String> stall) {
            if (stall.isPresent()) {
                String failing = state.isFailing() ? "; " + health.fault() : "";
                return Optional.of(
                        "%s of group %s: %s%s".formatted(state.partition(), state.group(), stall.get(), failing));
            }
            if (state.isFailing()) {
                return Optional.ofNullable(health.fault());
            }
            return health.isUp()
                    ? Optional.empty()
                    : Optional.of("%s of group %s recovered at %s and is up once this has lasted long enough"
                            .formatted(state.partition(), state.group(), state.since()));
        }

        private static void addDetails(HealthCheckResultBuilder builder, ReadProgress progress, Instant now) {
            builder.detail("delivered", progress.delivered());
            builder.detail("committable", progress.safe());
            builder.detail("unread", progress.unread());
            builder.detail("age-ms", Duration.between(progress.lastPoll(), now).toMillis());
        }
    }
}
