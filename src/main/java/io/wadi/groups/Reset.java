package io.wadi.groups;

import io.wadi.groups.FoundGroup.Position;
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
public final class Reset {
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
    public Reset(GroupsAdmin groups, Check check) {
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
    public List<Step> plan(FoundGroup group, String topic, Integer partition, Target target) throws Exception {
        Map<TopicPartition, Position> positions = new HashMap<>();
        group.positions().forEach(each -> positions.put(new TopicPartition(each.topic(), each.partition()), each));
        Set<TopicPartition> wanted = wanted(positions.keySet(), topic, partition);
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException(
                    "Group \"%s\" has committed nothing that could be set: name a --topic".formatted(group.group()));
        }
        Map<TopicPartition, Long> begins = groups.offsets(wanted, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = groups.offsets(wanted, OffsetSpec.latest());
        Map<TopicPartition, Long> found = groups.offsets(wanted, target.spec());
        List<Step> steps = new ArrayList<>();
        for (TopicPartition each : wanted) {
            steps.add(step(each, positions.get(each), begins.get(each), ends.get(each), found.get(each), target));
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

    private Step step(TopicPartition partition, Position position, Long begin, Long end, Long found, Target target)
            throws Exception {
        Long from = position == null ? null : (Long) position.committed();
        if (begin == null || end == null || found == null) {
            return new Step(
                    partition.topic(), partition.partition(), from, null, "no leader answers for the partition");
        }
        // Of a time after the last record Kafka says -1.
        long to = target instanceof Target.Offset offset ? offset.offset() : found < 0 ? end : found;
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
    public void apply(FoundGroup group, List<Step> steps) throws InterruptedException {
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
