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

/** How each partition is doing that this process reads: for health and metrics. Thread-safe. */
public final class PartitionStates {
    private final MeterRegistry meters;
    private final Clock clock;
    private final HealthThresholds patience;
    private final Map<Key, State> states = new ConcurrentHashMap<>();
    private final InFlightRecords begun = new InFlightRecords();
    private final Map<Key, MonitoredDependency> watched = new ConcurrentHashMap<>();
    private final Map<Key, Advance> advances = new ConcurrentHashMap<>();

    /** A look at how a partition advances. */
    public interface Look {
        /** Returns what is found now. */
        Advance look(Advance before, long unread, Instant now);
    }

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

    /** Takes where the metrics go; a failure counts for health at once. */
    public PartitionStates(MeterRegistry meters, Clock clock) {
        this(meters, clock, new HealthThresholds(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }

    /** Takes where the metrics go, and how long failures and recoveries have to last until they count for health. */
    public PartitionStates(MeterRegistry meters, Clock clock, HealthThresholds patience) {
        this.meters = meters;
        this.clock = clock;
        this.patience = patience;
    }

    /** Whether a partition's failures have lasted. */
    HealthState standing(State state) {
        MonitoredDependency found = watched.get(new Key(state.group(), state.partition()));
        return found == null ? HealthState.unknown(clock.instant()) : found.now();
    }

    /** How a partition advances; nothing once it is not read here any more. */
    Optional<Advance> advance(State state) {
        return Optional.ofNullable(advances.get(new Key(state.group(), state.partition())));
    }

    /** The consumers that were not there for so long, in words; nothing where there are none. */
    public Optional<String> stuck(Duration after) {
        Instant now = clock.instant();
        return advances.entrySet().stream()
                .filter(each -> !now.isBefore(each.getValue().looked().plus(after)))
                .findFirst()
                .map(each -> "the consumer of %s of group %s was last there at %s"
                        .formatted(
                                each.getKey().partition(),
                                each.getKey().group(),
                                each.getValue().looked()));
    }

    /** All partitions, by group, topic and number. */
    public List<State> all() {
        return states.values().stream()
                .sorted(Comparator.comparing(State::group)
                        .thenComparing(state -> state.partition().topic())
                        .thenComparing(state -> state.partition().partition()))
                .toList();
    }

    /** How many records are begun and not finished. */
    public InFlightRecords begun() {
        return begun;
    }

    /** The topics that have partitions which are read here. */
    public Set<String> topics() {
        return states.keySet().stream().map(key -> key.partition().topic()).collect(Collectors.toSet());
    }

    /** What the consumers of one group report. */
    public OfGroup group(String group) {
        return new OfGroup(group);
    }

    /** What the consumers of one group report. */
    public final class OfGroup {
        private final String group;

        private OfGroup(String group) {
            this.group = group;
        }

        /** What another consumer of the group reports of the records that it has begun. */
        public InFlightRecords.OfConsumer consumer() {
            return begun.consumer(group);
        }

        /** The partition is read here from now on. */
        public void taken(TopicPartition partition) {
            Key key = new Key(group, partition);
            states.put(key, new State(group, partition, null, -1, 0, clock.instant()));
            MonitoredDependency takenOver = new MonitoredDependency(patience, clock);
            takenOver.found(CheckResult.proof("taken over"));
            watched.put(key, takenOver);
            advances.put(key, Advance.begun(clock.instant()));
        }

        /** The partition failed and is tried again from this offset on. */
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
                find(
                        partition,
                        CheckResult.fault("%s of group %s waits at offset %d since %s and is tried again: %s"
                                .formatted(partition, group, offset, state.since(), failure)));
            }
        }

        private void find(TopicPartition partition, CheckResult finding) {
            MonitoredDependency found = watched.get(new Key(group, partition));
            if (found != null) {
                found.found(finding);
            }
        }

        /** What a partition has failed at for as long as counts for health. */
        public Optional<String> lastingTrouble(TopicPartition partition) {
            Key key = new Key(group, partition);
            MonitoredDependency found = watched.get(key);
            State state = states.get(key);
            return found == null
                            || state == null
                            || !state.isFailing()
                            || found.now().isUp()
                    ? Optional.empty()
                    : Optional.of("%s@%d: %s".formatted(partition, state.offset(), state.failure()));
        }

        /**
         * Looks how a partition advances that is still read here.
         *
         * @param unread how many offsets Kafka has after those that were fetched, where that is known
         * @param now from what was found before, the unread offsets and the time: what is found now
         */
        public void advanced(TopicPartition partition, OptionalLong unread, Look now) {
            advances.computeIfPresent(
                    new Key(group, partition),
                    (key, before) -> now.look(before, unread.orElse(before.unread()), clock.instant()));
        }

        /** A try went well. */
        public void recovered(TopicPartition partition) {
            find(partition, CheckResult.proof("goes on"));
            states.computeIfPresent(
                    new Key(group, partition),
                    (key, before) -> new State(group, partition, null, -1, 0, clock.instant()));
        }

        /** The partition is not read here any more. */
        public void released(TopicPartition partition) {
            Key key = new Key(group, partition);
            states.remove(key);
            watched.remove(key);
            advances.remove(key);
        }

        /** Offsets that Kafka deleted before they were read. */
        public void expired(TopicPartition partition, long offsets) {
            Counter.builder("wadi.expired.offsets")
                    .description("Offsets that Kafka deleted before the group had read them")
                    .tags("group", group, "topic", partition.topic(), "partition", "" + partition.partition())
                    .register(meters)
                    .increment((double) offsets);
        }
    }
}
