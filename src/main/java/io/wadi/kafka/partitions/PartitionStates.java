package io.wadi.kafka.partitions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.InFlightRecords;
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
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** The states of the partitions that this process reads, for health and metrics. Thread-safe. */
public final class PartitionStates {
    private final MeterRegistry meters;
    private final Clock clock;
    private final HealthThresholds thresholds;
    private final Map<Key, State> states = new ConcurrentHashMap<>();
    private final InFlightRecords inFlight = new InFlightRecords();
    private final Map<Key, MonitoredDependency> dependencies = new ConcurrentHashMap<>();
    private final Map<Key, ReadProgress> progress = new ConcurrentHashMap<>();

    /** Computes the next progress of a partition from the previous one. */
    public interface ProgressUpdate {
        ReadProgress apply(ReadProgress before, long unread, Instant now);
    }

    private record Key(String group, TopicPartition partition) {}

    /**
     * The state of a partition.
     *
     * @param failure the failure being retried, or null
     * @param offset the offset of the retry
     * @param tries the number of consecutive failures
     * @param since the time of the first of them, or of the assignment or recovery
     */
    public record State(String group, TopicPartition partition, String failure, long offset, int tries, Instant since) {
        public boolean isFailing() {
            return failure != null;
        }
    }

    /** Creates states in which a failure counts for health at once. */
    public PartitionStates(MeterRegistry meters, Clock clock) {
        this(meters, clock, new HealthThresholds(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }

    public PartitionStates(MeterRegistry meters, Clock clock, HealthThresholds thresholds) {
        this.meters = meters;
        this.clock = clock;
        this.thresholds = thresholds;
    }

    HealthState health(State state) {
        MonitoredDependency found = dependencies.get(new Key(state.group(), state.partition()));
        return found == null ? HealthState.unknown(clock.instant()) : found.now();
    }

    /** Returns the progress of a partition; empty after its release. */
    Optional<ReadProgress> progress(State state) {
        return Optional.ofNullable(progress.get(new Key(state.group(), state.partition())));
    }

    /** Describes a partition that was not polled for this time; empty if there is none. */
    public Optional<String> findStuck(Duration timeout) {
        Instant now = clock.instant();
        return progress.entrySet().stream()
                .filter(each -> !now.isBefore(each.getValue().lastPoll().plus(timeout)))
                .findFirst()
                .map(each -> "the consumer of %s of group %s last polled at %s"
                        .formatted(
                                each.getKey().partition(),
                                each.getKey().group(),
                                each.getValue().lastPoll()));
    }

    /** Returns the states sorted by group, topic and partition. */
    public List<State> all() {
        return states.values().stream()
                .sorted(Comparator.comparing(State::group)
                        .thenComparing(state -> state.partition().topic())
                        .thenComparing(state -> state.partition().partition()))
                .toList();
    }

    public InFlightRecords inFlight() {
        return inFlight;
    }

    /** Returns the topics of the partitions that this process reads. */
    public Set<String> topics() {
        return states.keySet().stream().map(key -> key.partition().topic()).collect(Collectors.toSet());
    }

    public GroupStates group(String group) {
        return new GroupStates(group);
    }

    /** The reports of the consumers of one group. */
    public final class GroupStates {
        private final String group;

        private GroupStates(String group) {
            this.group = group;
        }

        /** Returns the count of records in flight of a new consumer. */
        public InFlightRecords.ConsumerCount consumer() {
            return inFlight.consumer(group);
        }

        public void assigned(TopicPartition partition) {
            Key key = new Key(group, partition);
            states.put(key, new State(group, partition, null, -1, 0, clock.instant()));
            MonitoredDependency dependency = new MonitoredDependency(thresholds, clock);
            dependency.update(CheckResult.proof("assigned"));
            dependencies.put(key, dependency);
            progress.put(key, ReadProgress.start(clock.instant()));
        }

        /** Reports a failure that is retried from this offset on. */
        public void failed(TopicPartition partition, long offset, String failure) {
            State state = states.computeIfPresent(
                    new Key(group, partition),
                    (key, before) -> new State(
                            group,
                            partition,
                            failure,
                            offset,
                            before.tries() + 1,
                            before.isFailing() ? before.since() : clock.instant()));
            if (state != null) {
                report(
                        partition,
                        CheckResult.fault("%s of group %s: retrying at offset %d since %s: %s"
                                .formatted(partition, group, offset, state.since(), failure)));
            }
        }

        private void report(TopicPartition partition, CheckResult result) {
            MonitoredDependency found = dependencies.get(new Key(group, partition));
            if (found != null) {
                found.update(result);
            }
        }

        /** Returns the failure of a partition if it has lasted long enough to count for health. */
        public Optional<String> lastingFailure(TopicPartition partition) {
            Key key = new Key(group, partition);
            MonitoredDependency found = dependencies.get(key);
            State state = states.get(key);
            return found == null
                            || state == null
                            || !state.isFailing()
                            || found.now().isUp()
                    ? Optional.empty()
                    : Optional.of("%s@%d: %s".formatted(partition, state.offset(), state.failure()));
        }

        /**
         * Updates the progress of an assigned partition.
         *
         * @param unread the number of offsets after the position, if known
         */
        public void progressed(TopicPartition partition, OptionalLong unread, ProgressUpdate update) {
            progress.computeIfPresent(
                    new Key(group, partition),
                    (key, before) -> update.apply(before, unread.orElse(before.unread()), clock.instant()));
        }

        public void recovered(TopicPartition partition) {
            report(partition, CheckResult.proof("recovered"));
            states.computeIfPresent(
                    new Key(group, partition),
                    (key, before) -> new State(group, partition, null, -1, 0, clock.instant()));
        }

        public void released(TopicPartition partition) {
            Key key = new Key(group, partition);
            states.remove(key);
            dependencies.remove(key);
            progress.remove(key);
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
