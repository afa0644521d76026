package io.wadi.kafka;

import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRepository;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** A health check for each partition that is read here: down while its last try has failed. */
public final class PartitionHealth implements HealthCheckRepository {
    private final PartitionStates states;
    private boolean enabled = true;

    /** Takes what is known of the partitions. */
    public PartitionHealth(PartitionStates states) {
        this.states = states;
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

    private static final class OfPartition extends AbstractHealthCheck {
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
            if (!state.isFailing()) {
                builder.up();
                return;
            }
            builder.detail("offset", state.offset());
            builder.detail("tries", state.tries());
            builder.detail("since", state.since().toString());
            builder.message("%s of group %s waits at offset %d since %s and is tried again: %s"
                            .formatted(
                                    state.partition(), state.group(), state.offset(), state.since(), state.failure()))
                    .down();
        }
    }
}
