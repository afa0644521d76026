package io.wadi.kafka.groups;

import io.wadi.kafka.groups.GroupSnapshot.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Where a group is to go on, worked out before anything is changed; done in whole or not at all. */
public final class GroupOffsetReset {
    private final GroupsAdmin groups;
    private final Check check;

    /** Has a say about a step. */
    public interface Check {
        /**
         * Why a group must not be set so; empty where it may.
         *
         * @param position what is committed now; null where nothing is
         * @param begin the first offset that Kafka still has
         * @param to where it is to be set
         */
        Optional<String> refusal(TopicPartition partition, Position position, long begin, long to) throws Exception;
    }

    /**
     * What is to be done for a partition.
     *
     * @param from what is committed now; null where nothing is
     * @param to where it is set; null where that is not known
     * @param refusal why it must not be; null where it may
     */
    public record Step(String topic, int partition, Long from, Long to, String refusal) {
        /** Whether there is nothing to do. */
        public boolean isDone() {
            return refusal == null && to.equals(from);
        }
    }

    /** Takes where groups are looked at, and who has a say. */
    public GroupOffsetReset(GroupsAdmin groups, Check check) {
        this.groups = groups;
        this.check = check;
    }

    /**
     * Works it out.
     *
     * @param topic the topic that is set, with all of its partitions; null for all that the group has committed for
     * @param partition the one that is set; null for all
     * @throws IllegalArgumentException where there is nothing to set
     */
    public List<Step> plan(GroupSnapshot group, String topic, Integer partition, ResetTarget target) throws Exception {
        Map<TopicPartition, Position> positions = positions(group);
        Set<TopicPartition> wanted = wanted(positions.keySet(), topic, partition);
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException(
                    "Group \"%s\" has committed nothing that could be set: name a --topic".formatted(group.group()));
        }
        return steps(
                wanted,
                positions,
                target instanceof ResetTarget.Offset offset
                        ? same(wanted, offset)
                        : groups.offsets(wanted, target.spec()));
    }

    /**
     * Works out how a group goes on where another one has come to, in the partitions that this other has committed for. While that
     * has members it is refused: they read on.
     *
     * @param topic of whose partitions; null for all
     * @param partition the one; null for all
     * @throws IllegalArgumentException where the other has committed nothing for these
     */
    public List<Step> planAs(GroupSnapshot group, GroupSnapshot other, String topic, Integer partition)
            throws Exception {
        Map<TopicPartition, Long> committed = new HashMap<>();
        positions(other).forEach((each, position) -> committed.put(each, position.committed()));
        Set<TopicPartition> wanted = groups.existing(committed.keySet());
        wanted.retainAll(committed.keySet());
        wanted.removeIf(each ->
                (topic != null && !each.topic().equals(topic)) || (partition != null && each.partition() != partition));
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException(
                    "Group \"%s\" has committed nothing that could be taken over".formatted(other.group()));
        }
        List<Step> steps = steps(wanted, positions(group), committed);
        if (other.members().isEmpty()) {
            return steps;
        }
        String refusal = "\"%s\" has members, which read on: stop what reads first".formatted(other.group());
        return steps.stream()
                .map(each -> new Step(each.topic(), each.partition(), each.from(), each.to(), refusal))
                .toList();
    }

    private static Map<TopicPartition, Position> positions(GroupSnapshot group) {
        Map<TopicPartition, Position> positions = new HashMap<>();
        group.positions().forEach(each -> positions.put(new TopicPartition(each.topic(), each.partition()), each));
        return positions;
    }

    private static Map<TopicPartition, Long> same(Set<TopicPartition> wanted, ResetTarget.Offset target) {
        Map<TopicPartition, Long> same = new HashMap<>();
        wanted.forEach(each -> same.put(each, target.offset()));
        return same;
    }

    /** Takes where each is to be set, -1 for its end. */
    private List<Step> steps(
            Set<TopicPartition> wanted, Map<TopicPartition, Position> positions, Map<TopicPartition, Long> to)
            throws Exception {
        Map<TopicPartition, Long> begins = groups.offsets(wanted, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = groups.offsets(wanted, OffsetSpec.latest());
        List<Step> steps = new ArrayList<>();
        for (TopicPartition each : wanted) {
            steps.add(step(each, positions.get(each), begins.get(each), ends.get(each), to.get(each)));
        }
        steps.sort(Comparator.comparing(Step::topic).thenComparing(Step::partition));
        return steps;
    }

    private Set<TopicPartition> wanted(Set<TopicPartition> committed, String topic, Integer partition)
            throws InterruptedException {
        Set<TopicPartition> wanted =
                new HashSet<>(topic == null ? groups.existing(committed) : groups.partitions(topic));
        if (topic == null) {
            wanted.retainAll(committed);
        }
        if (partition != null) {
            wanted.removeIf(each -> each.partition() != partition);
        }
        return wanted;
    }

    private Step step(TopicPartition partition, Position position, Long begin, Long end, Long found) throws Exception {
        Long from = position == null ? null : (Long) position.committed();
        if (begin == null || end == null || found == null) {
            return new Step(
                    partition.topic(), partition.partition(), from, null, "no leader answers for the partition");
        }
        // Of a time after the last record Kafka says -1.
        long to = found < 0 ? end : found;
        String refusal = null;
        if (to < begin || to > end) {
            refusal = "offset %d is not there: Kafka has %d to %d".formatted(to, begin, end);
        } else if (from == null || from != to) {
            refusal = check.refusal(partition, position, begin, to).orElse(null);
        }
        return new Step(partition.topic(), partition.partition(), from, to, refusal);
    }

    /**
     * Does it.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka has refused it, as it does once the group has members
     */
    public void apply(GroupSnapshot group, List<Step> steps) throws InterruptedException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Step each : steps) {
            if (each.refusal() != null) {
                throw new IllegalStateException("A step is refused: " + each);
            }
            if (!each.isDone()) {
                offsets.put(new TopicPartition(each.topic(), each.partition()), each.to());
            }
        }
        if (!offsets.isEmpty()) {
            groups.commit(group.group(), offsets);
        }
    }
}
