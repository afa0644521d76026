package io.wadi.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/** How each partition is doing that this process reads: for health and metrics. Thread-safe. */
public final class PartitionStates {
    private final MeterRegistry meters;
    private final Clock clock;
    private final Map<Key, State> states = new ConcurrentHashMap<>();

    private record Key(String group, TopicPartition partition) {}

    /**
     * A partition that is read here.
     *
     * @param group the consumer group
     * @param failure what failed last and is tried again; null where all goes well
     * @param offset where reading goes on after the failure
     * @param tries how often it failed in a row
     * @param since when that began
     */
    public record State(String group, TopicPartition partition, String failure, long offset, int tries, Instant since) {
        /** Whether its last try failed. */
        public boolean isFailing() {
            return failure != null;
        }
    }

    /** Takes where the metrics go. */
    public PartitionStates(MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
    }

    /** All partitions, by group, topic and number. */
    public List<State> all() {
        return states.values().stream()
                .sorted(Comparator.comparing(State::group)
                        .thenComparing(state -> state.partition().topic())
                        .thenComparing(state -> state.partition().partition()))
                .toList();
    }

    /** What the consumers of one group report. */
    OfGroup group(String group) {
        return new OfGroup(group);
    }

    final class OfGroup {
        private final String group;

        private OfGroup(String group) {
            this.group = group;
        }

        void taken(TopicPartition partition) {
            Key key = new Key(group, partition);
            states.put(key, new State(group, partition, null, -1, 0, clock.instant()));
            Gauge.builder("wadi.partition.failing", states, all -> tries(all.get(key)))
                    .description("Failed tries in a row of a partition that is read here; 0 where all goes well")
                    .tags("group", group, "topic", partition.topic(), "partition", "" + partition.partition())
                    .register(meters);
        }

        private double tries(State state) {
            return state == null ? 0 : state.tries();
        }

        void failed(TopicPartition partition, long offset, String failure) {
            states.computeIfPresent(
                    new Key(group, partition),
                    (key, before) -> new State(
                            group,
                            partition,
                            failure,
                            offset,
                            before.tries() + 1,
                            before.isFailing() ? before.since() : clock.instant()));
        }

        void recovered(TopicPartition partition) {
            states.computeIfPresent(
                    new Key(group, partition),
                    (key, before) -> new State(group, partition, null, -1, 0, clock.instant()));
        }

        void released(TopicPartition partition) {
            if (states.remove(new Key(group, partition)) != null) {
                meters.find("wadi.partition.failing")
                        .tags("group", group, "topic", partition.topic(), "partition", "" + partition.partition())
                        .meters()
                        .forEach(meters::remove);
            }
        }

        /** Offsets that Kafka deleted before they were read. */
        void expired(TopicPartition partition, long offsets) {
            Counter.builder("wadi.expired.offsets")
                    .description("Offsets that Kafka deleted before the group had read them")
                    .tags("group", group, "topic", partition.topic(), "partition", "" + partition.partition())
                    .register(meters)
                    .increment((double) offsets);
        }
    }
}
