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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Resets of a group's committed offsets, which are planned and checked, and then applied if no step was rejected. */
public final class GroupOffsetReset {
    private final GroupsAdmin groups;
    private final Check check;

    /** A check that rejects resets that would break a guarantee. */
    public interface Check {
        /**
         * Returns the reason why an offset must not be set; empty if it may be set.
         *
         * @param position the committed offset; null if there is none
         * @param begin the first offset in Kafka
         * @param to the new offset
         */
        Optional<String> refusal(TopicPartition partition, Position position, long begin, long to) throws Exception;
    }

    /**
     * The reset of one partition.
     *
     * @param from the committed offset; null if there is none
     * @param to the new offset; null if it is unknown
     * @param refusal the reason why the offset must not be set; null if it may be set
     */
    public record Step(String topic, int partition, Long from, Long to, String refusal) {
        public boolean isDone() {
            return refusal == null && to.equals(from);
        }
    }

    public GroupOffsetReset(GroupsAdmin groups, Check check) {
        this.groups = groups;
        this.check = check;
    }

    /**
     * Plans the reset to a target.
     *
     * @param topic the topic to reset; null for all partitions with a committed offset
     * @param partition the partition to reset; null for all
     * @throws IllegalArgumentException if no partition matches
     */
    public List<Step> plan(GroupSnapshot group, String topic, Integer partition, ResetTarget target) throws Exception {
        Map<TopicPartition, Position> positions = positions(group);
        Set<TopicPartition> wanted = wanted(positions.keySet(), topic, partition);
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException(
                    topic == null
                            ? "Group \"%s\" has no committed offsets to reset: specify --topic".formatted(group.group())
                            : "Topic \"%s\" has no partition %d".formatted(topic, partition));
        }
        return steps(
                wanted,
                positions,
                target instanceof ResetTarget.Offset offset
                        ? wanted.stream().collect(Collectors.toMap(Function.identity(), each -> offset.offset()))
                        : groups.offsets(wanted, target.spec()));
    }

    /**
     * Plans the reset to the committed offsets of another group, which must not have members.
     *
     * @param topic the topic to reset; null for all
     * @param partition the partition to reset; null for all
     * @throws IllegalArgumentException if the other group has no committed offsets for these
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
                    "Group \"%s\" has no committed offsets to take over".formatted(other.group()));
        }
        List<Step> steps = steps(wanted, positions(group), committed);
        if (other.members().isEmpty()) {
            return steps;
        }
        String refusal = "\"%s\" has active members: stop its consumers first".formatted(other.group());
        return steps.stream()
                .map(each -> new Step(each.topic(), each.partition(), each.from(), each.to(), refusal))
                .toList();
    }

    private static Map<TopicPartition, Position> positions(GroupSnapshot group) {
        Map<TopicPartition, Position> positions = new HashMap<>();
        group.positions().forEach(each -> positions.put(new TopicPartition(each.topic(), each.partition()), each));
        return positions;
    }

    /**
     * Plans the steps to new offsets.
     *
     * @param to the new offsets; -1 for the end
     */
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
            return new Step(partition.topic(), partition.partition(), from, null, "the partition has no leader");
        }
        // Kafka returns -1 for a time after the last record.
        long to = found < 0 ? end : found;
        String refusal = null;
        if (to < begin || to > end) {
            refusal = "offset %d is out of range: Kafka has %d to %d".formatted(to, begin, end);
        } else if (from == null || from != to) {
            refusal = check.refusal(partition, position, begin, to).orElse(null);
        }
        return new Step(partition.topic(), partition.partition(), from, to, refusal);
    }

    /**
     * Commits the new offsets.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka rejects them, such as when the group has members
     */
    public void apply(GroupSnapshot group, List<Step> steps) throws InterruptedException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Step each : steps) {
            if (each.refusal() != null) {
                throw new IllegalStateException("Cannot apply the rejected step " + each);
            }
            if (!each.isDone()) {
                offsets.put(new TopicPartition(each.topic(), each.partition()), each.to());
            }
        }
        if (!offsets.isEmpty()) {
            groups.commit(group.group(), group.type(), offsets);
        }
    }
}
