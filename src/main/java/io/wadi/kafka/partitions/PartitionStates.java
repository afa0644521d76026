package io.wadi.kafka.partitions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.InFlightRecords;
import io.wadi.kafka.PartitionOrder;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.HealthState;
import io.wadi.runtime.health.HealthThresholds;
import io.wadi.runtime.health.MonitoredDependency;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** The states of the partitions that this process reads, for health and metrics. Thread-safe. */
public final class PartitionStates {
    private final MeterRegistry meters;
    private final Clock clock;
    private final HealthThresholds thresholds;
    private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
    private final InFlightRecords inFlight = new InFlightRecords();
    private final Map<String, TopicId> topicIds = new ConcurrentHashMap<>();

    /**
     * The id of a topic, which differs after the topic was deleted and created again.
     *
     * @param readNanos a time before it was read, by {@link System#nanoTime}
     */
    public record TopicId(Uuid id, long readNanos) {}

    /** A function that computes the next progress of a partition from the previous one. */
    public interface ProgressUpdate {
        ReadProgress apply(ReadProgress before, long unread, Instant now);
    }

    private record Key(String group, TopicPartition partition) {
        static Key of(State state) {
            return new Key(state.group(), state.partition());
        }
    }

    /**
     * A partition of a group.
     *
     * @param owner the consumer that the partition was last assigned to; reports of previous owners have no effect
     */
    private record Entry(GroupStates owner, State state, MonitoredDependency dependency, ReadProgress progress) {
        Entry with(State next) {
            return new Entry(owner, next, dependency, progress);
        }

        Entry with(ReadProgress next) {
            return new Entry(owner, state, dependency, next);
        }
    }

    /**
     * The state of a partition.
     *
     * @param failure the failure being retried, or null
     * @param offset the offset from which records are delivered again; -1 without a failure
     * @param attempts the number of consecutive failures
     * @param since the time of the first of these failures; without a failure, that of the assignment or recovery
     */
    public record State(
            String group, TopicPartition partition, String failure, long offset, int attempts, Instant since) {
        public boolean isFailing() {
            return failure != null;
        }
    }

    /** Creates an instance in which a failure makes a partition unhealthy immediately. */
    public PartitionStates(MeterRegistry meters, Clock clock) {
        this(meters, clock, new HealthThresholds(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }

    public PartitionStates(MeterRegistry meters, Clock clock, HealthThresholds thresholds) {
        this.meters = meters;
        this.clock = clock;
        this.thresholds = thresholds;
    }

    HealthState health(State state) {
        Entry found = entries.get(Key.of(state));
        return found == null
                ? HealthState.unknown(clock.instant())
                : found.dependency().now();
    }

    /** Returns the progress of a partition; empty after its release. */
    Optional<ReadProgress> progress(State state) {
        return Optional.ofNullable(entries.get(Key.of(state))).map(Entry::progress);
    }

    /** Describes a partition with a consumer that has not polled for this time; empty if there is none. */
    public Optional<String> findStuck(Duration timeout) {
        Instant now = clock.instant();
        return entries.values().stream()
                .filter(each -> !now.isBefore(each.progress().lastPoll().plus(timeout)))
                .findFirst()
                .map(each -> "the consumer of %s of group %s last polled at %s"
                        .formatted(
                                each.state().partition(),
                                each.state().group(),
                                each.progress().lastPoll()));
    }

    /** Returns the states sorted by group, topic and partition. */
    public List<State> all() {
        return entries.values().stream()
                .map(Entry::state)
                .sorted(Comparator.comparing(State::group).thenComparing(State::partition, PartitionOrder.BY_NAME))
                .toList();
    }

    public InFlightRecords inFlight() {
        return inFlight;
    }

    /** Returns the topics of the partitions that this process reads. */
    public Set<String> topics() {
        return entries.keySet().stream().map(key -> key.partition().topic()).collect(Collectors.toSet());
    }

    /**
     * Sets the ids of topics; those of all others are unknown.
     *
     * @param readNanos a time before they were read, by {@link System#nanoTime}
     */
    public void identify(Map<String, Uuid> ids, long readNanos) {
        topicIds.keySet().retainAll(ids.keySet());
        ids.forEach((topic, id) -> topicIds.put(topic, new TopicId(id, readNanos)));
    }

    /** Returns the states that a new consumer of a group reports. */
    public GroupStates group(String group) {
        return new GroupStates(group);
    }

    /** The states of partitions as one consumer of a group reports them. */
    public final class GroupStates {
        private final String group;

        private GroupStates(String group) {
            this.group = group;
        }

        /** Returns the last known id of a topic; empty if it is unknown. */
        public Optional<TopicId> topicId(String topic) {
            return Optional.ofNullable(topicIds.get(topic));
        }

        /** Adds a consumer to the counts of records in flight. */
        public InFlightRecords.ConsumerCount consumer() {
            return inFlight.consumer(group);
        }

        public void assigned(TopicPartition partition) {
            MonitoredDependency dependency = new MonitoredDependency(thresholds, clock);
            dependency.update(CheckResult.proof("assigned"));
            entries.put(
                    new Key(group, partition),
                    new Entry(this, working(partition), dependency, ReadProgress.start(clock.instant())));
        }

        private State working(TopicPartition partition) {
            return new State(group, partition, null, -1, 0, clock.instant());
        }

        /** Changes the entry of a partition that is assigned to this consumer. */
        private Optional<Entry> update(TopicPartition partition, UnaryOperator<Entry> change) {
            return Optional.ofNullable(entries.computeIfPresent(
                            new Key(group, partition),
                            (key, before) -> before.owner() == this ? change.apply(before) : before))
                    .filter(entry -> entry.owner() == this);
        }

        /** Reports a failure after which records are delivered again from this offset on. */
        public void failed(TopicPartition partition, long offset, String failure) {
            update(partition, entry -> {
                        State before = entry.state();
                        return entry.with(new State(
                                group,
                                partition,
                                failure,
                                offset,
                                before.attempts() + 1,
                                before.isFailing() ? before.since() : clock.instant()));
                    })
                    .ifPresent(entry -> entry.dependency()
                            .update(CheckResult.fault("%s of group %s: retrying at offset %d since %s: %s"
                                    .formatted(
                                            partition,
                                            group,
                                            offset,
                                            entry.state().since(),
                                            failure))));
        }

        /** Returns the failure of a partition if it has lasted long enough to count for health. */
        public Optional<String> lastingFailure(TopicPartition partition) {
            return Optional.ofNullable(entries.get(new Key(group, partition)))
                    .filter(entry -> entry.owner() == this)
                    .filter(entry -> entry.state().isFailing()
                            && !entry.dependency().now().isUp())
                    .map(entry -> "%s@%d: %s"
                            .formatted(
                                    partition,
                                    entry.state().offset(),
                                    entry.state().failure()));
        }

        /**
         * Updates the progress of an assigned partition.
         *
         * @param unread the number of offsets after the position, if known
         */
        public void progressed(TopicPartition partition, OptionalLong unread, ProgressUpdate update) {
            update(partition, entry -> {
                ReadProgress before = entry.progress();
                return entry.with(update.apply(before, unread.orElse(before.unread()), clock.instant()));
            });
        }

        public void recovered(TopicPartition partition) {
            update(partition, entry -> entry.with(working(partition)))
                    .ifPresent(entry -> entry.dependency().update(CheckResult.proof("recovered")));
        }

        public void released(TopicPartition partition) {
            entries.computeIfPresent(new Key(group, partition), (key, entry) -> entry.owner() == this ? null : entry);
        }

        /** Counts offsets that Kafka deleted before they were read. */
        public void expired(TopicPartition partition, long offsets) {
            Counter.builder("wadi.expired.offsets")
                    .description("Offsets that Kafka deleted before the group read them")
                    .tags("group", group, "topic", partition.topic(), "partition", "" + partition.partition())
                    .register(meters)
                    .increment((double) offsets);
        }
    }
}
