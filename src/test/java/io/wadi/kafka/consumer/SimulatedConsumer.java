package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.Records;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A group member at an in-memory Kafka, with a random schedule of faults: partitions with records, the group's
 * committed offsets, other members, and a producer. Each commit is checked: every record before it must be complete.
 */
final class SimulatedConsumer implements PartitionClient {
    private static final int PARTITIONS = 3;

    private final Random random;
    private final SimulatedFaults faults;
    private final SimulatedProducer producer;
    private final Map<TopicPartition, SimulatedPartition> partitions = new LinkedHashMap<>();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private ConsumerRebalanceListener listener;
    private boolean isLost;

    /** The highest offset of each partition that may be committed; null if any may be. */
    private Map<TopicPartition, Long> requested;

    SimulatedConsumer(Random random) {
        this.random = random;
        faults = new SimulatedFaults(random);
        producer = new SimulatedProducer(random, faults, this::owns, this::store);
        for (int number = 0; number < PARTITIONS; number++) {
            TopicPartition name = new TopicPartition("events", number);
            partitions.put(name, new SimulatedPartition(name, random));
        }
    }

    void subscribe(ConsumerRebalanceListener newListener) {
        listener = newListener;
    }

    SimulatedProducer producer() {
        return producer;
    }

    /** From now on every operation succeeds, and this is the only member. */
    void endFaults() {
        faults.end();
        producer.answerAll();
    }

    SimulatedRecord.Delivery delivery(TopicPartition partition, long offset) {
        return partitions.get(partition).record(offset).deliver();
    }

    // ---- the group

    private boolean owns(Set<TopicPartition> all) {
        return !isLost && assigned.containsAll(all);
    }

    private void store(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((name, offset) -> {
            SimulatedPartition partition = partitions.get(name);
            if (requested != null) {
                partition.assertRequested(offset.offset(), requested.getOrDefault(name, 0L));
            }
            partition.commit(offset.offset());
        });
    }

    /** From now on, only the offsets of {@link #allowCommit} may be committed. */
    void expectRequests() {
        requested = new HashMap<>();
    }

    void allowCommit(TopicPartition partition, long upTo) {
        requested.merge(partition, upTo, Math::max);
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
        return partitions.keySet().stream()
                .map(name -> new PartitionInfo(topic, name.partition(), null, null, null))
                .toList();
    }

    @Override
    public boolean reallyCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (faults.fails() || !owns(offsets.keySet())) {
            return false;
        }
        store(offsets);
        return true;
    }

    private void rebalance() {
        if (!assigned.isEmpty() && faults.oneIn(8)) {
            Set<TopicPartition> revoked = random.nextInt(3) == 0 ? new HashSet<>(assigned) : someOf(assigned);
            listener.onPartitionsRevoked(revoked);
            remove(revoked);
        } else if (!assigned.isEmpty() && faults.oneIn(30)) {
            isLost = true;
            Set<TopicPartition> lost = random.nextInt(3) > 0 ? new HashSet<>(assigned) : someOf(assigned);
            listener.onPartitionsLost(lost);
            remove(lost);
            isLost = false;
        }
        if (!faults.isActive() || random.nextInt(2) == 0) {
            Set<TopicPartition> free = new HashSet<>(partitions.keySet());
            free.removeAll(assigned);
            Set<TopicPartition> taken = faults.isActive() ? someOf(free) : free;
            if (!taken.isEmpty()) {
                taken.forEach(this::take);
                listener.onPartitionsAssigned(taken);
            }
        }
    }

    private Set<TopicPartition> someOf(Set<TopicPartition> all) {
        return all.stream()
                .sorted((one, other) -> Integer.compare(one.partition(), other.partition()))
                .filter(each -> random.nextBoolean())
                .collect(Collectors.toSet());
    }

    private void remove(Set<TopicPartition> all) {
        assigned.removeAll(all);
        paused.removeAll(all);
    }

    private void take(TopicPartition name) {
        producer.decide();
        SimulatedPartition partition = partitions.get(name);
        if (faults.oneIn(3)) {
            partition.processElsewhere();
        }
        assigned.add(name);
        partition.resetPosition();
    }

    // ---- reading

    private SimulatedPartition anyPartition() {
        return partitions.get(new TopicPartition("events", random.nextInt(PARTITIONS)));
    }

    private void expire() {
        if (faults.oneIn(40)) {
            anyPartition().expire();
        }
    }

    /** Appends records or gaps to a partition, as other producers do. */
    private void append() {
        if (faults.oneIn(8)) {
            SimulatedPartition partition = anyPartition();
            partition.appendGap();
            if (random.nextBoolean()) {
                partition.append();
            }
        }
    }

    @Override
    public ConsumerRecords<Object, Object> reallyPoll(Duration timeout) {
        rebalance();
        expire();
        append();
        Set<TopicPartition> unknown = assigned.stream()
                .filter(each -> partitions.get(each).position() == null)
                .collect(Collectors.toSet());
        if (!unknown.isEmpty()) {
            throw new NoOffsetForPartitionException(unknown);
        }
        Map<TopicPartition, Long> outOfRange = assigned.stream()
                .filter(each -> position(each) < partitions.get(each).begin())
                .collect(Collectors.toMap(each -> each, this::position));
        if (!outOfRange.isEmpty()) {
            throw new OffsetOutOfRangeException(outOfRange);
        }
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> polled = new LinkedHashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        partitions.forEach((name, partition) -> {
            if (assigned.contains(name) && !paused.contains(name) && random.nextInt(4) > 0) {
                List<ConsumerRecord<Object, Object>> records = partition.fetch().stream()
                        .map(offset -> record(name, offset))
                        .toList();
                if (!records.isEmpty()) {
                    polled.put(name, records);
                    next.put(name, new OffsetAndMetadata(position(name)));
                }
            }
        });
        return new ConsumerRecords<>(polled, next);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ConsumerRecord<Object, Object> record(TopicPartition partition, long offset) {
        return (ConsumerRecord) Records.record(partition, offset, "x");
    }

    @Override
    public void reallySeek(TopicPartition partition, long offset) {
        assertThat(assigned).contains(partition);
        partitions.get(partition).seek(offset);
    }

    @Override
    public void reallySeekLater(Collection<TopicPartition> all, boolean toEnd) {
        throw new UnsupportedOperationException("each partition has a leader");
    }

    @Override
    public void reallyPause(Collection<TopicPartition> all) {
        assertThat(assigned).containsAll(all);
        paused.addAll(all);
    }

    @Override
    public void reallyResume(Collection<TopicPartition> all) {
        assertThat(assigned).containsAll(all);
        paused.removeAll(all);
    }

    @Override
    public Set<TopicPartition> assignment() {
        return new HashSet<>(assigned);
    }

    private long position(TopicPartition partition) {
        return partitions.get(partition).position();
    }

    @Override
    public OptionalLong knownPosition(TopicPartition partition) {
        Long position = partitions.get(partition).position();
        return position == null || random.nextInt(4) == 0 ? OptionalLong.empty() : OptionalLong.of(position);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> all, Duration within) {
        if (producer.isUndecided() && faults.isActive() && random.nextInt(3) > 0) {
            throw new TimeoutException("not stable yet");
        }
        producer.decide();
        return all.stream()
                .filter(each -> partitions.get(each).committed() >= 0)
                .collect(Collectors.toMap(
                        each -> each,
                        each -> new OffsetAndMetadata(partitions.get(each).committed())));
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> all, Duration within) {
        return all.stream()
                .collect(Collectors.toMap(
                        each -> each, each -> partitions.get(each).begin()));
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> all, Duration within) {
        return all.stream()
                .collect(Collectors.toMap(
                        each -> each, each -> partitions.get(each).end()));
    }

    @Override
    public OptionalLong currentLag(TopicPartition partition) {
        return OptionalLong.empty();
    }

    @Override
    @SuppressWarnings("removal") // the interface has no other way to make one
    public ConsumerGroupMetadata groupMetadata() {
        return new ConsumerGroupMetadata("group");
    }

    // ---- at the end

    /**
     * Returns the partitions that are not committed to their end.
     *
     * @param isBehindLastRecord whether the end is past a transaction marker, or else after the last record
     */
    Map<TopicPartition, Long> open(boolean isBehindLastRecord) {
        return partitions.entrySet().stream()
                .filter(each -> each.getValue().isOpen(isBehindLastRecord))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().committed()));
    }

    /** Asserts that each record is complete; in transactions, that each has produced its output or dead letter once. */
    void assertEachDone(boolean exactlyOnce) {
        partitions.values().forEach(each -> each.assertEachDone(exactlyOnce));
    }
}
