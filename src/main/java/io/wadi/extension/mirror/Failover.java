package io.wadi.extension.mirror;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.mirror.Checkpoint;

/**
 * Where the consumer groups of a source go on at its target. Their offsets are other ones there; MirrorMaker writes down pairs
 * that stand for the same record, and the one before a group's offset is where it goes on. So nothing is left out, and what
 * lies between is read again. For one thread.
 *
 * <p>The source is asked where it answers, for groups that have no such pair; a failover does not need it.
 */
public final class Failover implements AutoCloseable {
    private final ReplicationFlow flow;
    private final ClusterClients source;
    private final ClusterClients target;
    private final OffsetSyncs pairs;
    private String sourceProblem;

    /** What becomes of a partition whose offset has no translation. */
    public enum Untranslated {
        /** It is not set, and nothing is. */
        REFUSED,
        /** Everything that the target has is read, again or not. */
        EARLIEST,
        /** What the target has is left out. */
        LATEST
    }

    /**
     * What is to be done for a partition at the target.
     *
     * @param from what the group has committed there; null where nothing is
     * @param to where it is set; null where it is not
     * @param again how many offsets are read again at most
     * @param words why it is not set, or how its offset was found where it has no translation; null where there is nothing to say
     * @param refused whether the group must not go on so
     */
    public record Step(
            String group, String topic, int partition, Long from, Long to, long again, String words, boolean refused) {
        /** Whether something is set by it. */
        public boolean isToDo() {
            return !refused && to != null && !to.equals(from);
        }
    }

    /** Takes the flow whose source is left; connects to nothing. */
    public Failover(MirrorFile file, ReplicationFlow flow) {
        this.flow = flow;
        this.source = new ClusterClients(file, flow.from());
        this.target = new ClusterClients(file, flow.to());
        this.pairs = new OffsetSyncs(flow);
    }

    /** Why the source could not be asked, after {@link #plan}; null where it was. */
    public String sourceProblem() {
        return sourceProblem;
    }

    /**
     * Works it out; changes nothing.
     *
     * @param groups those that go on; none for all of which anything is known
     * @throws KafkaException where the target does not answer
     * @throws IllegalArgumentException where a group is named of which nothing is known
     */
    public List<Step> plan(Set<String> groups, Untranslated untranslated) throws InterruptedException {
        Map<String, Map<TopicPartition, Checkpoint>> checkpoints = checkpoints();
        Map<String, Map<TopicPartition, Long>> committed = committedAtSource(groups);
        Set<String> all = new TreeSet<>(checkpoints.keySet());
        all.addAll(committed.keySet());
        for (String each : groups) {
            if (!all.contains(each)) {
                throw new IllegalArgumentException(("Group \"%s\" has committed nothing for a topic of %s, as far as %s"
                                + " knows; known are %s")
                        .formatted(each, flow.name(), target.where(), all.isEmpty() ? "none" : String.join(", ", all)));
            }
        }
        if (!groups.isEmpty()) {
            all.retainAll(groups);
        }
        List<Step> steps = new ArrayList<>();
        for (String group : all) {
            steps.addAll(steps(
                    group,
                    checkpoints.getOrDefault(group, Map.of()),
                    committed.getOrDefault(group, Map.of()),
                    untranslated));
        }
        return steps;
    }

    /** The last of each group and partition of the target. */
    private Map<String, Map<TopicPartition, Checkpoint>> checkpoints() throws InterruptedException {
        Map<String, Map<TopicPartition, Checkpoint>> found = new TreeMap<>();
        if (target.topics().contains(flow.checkpoints())) {
            Map<TopicPartition, Long> from = target.partitions(Set.of(flow.checkpoints())).stream()
                    .collect(Collectors.toMap(each -> each, each -> 0L));
            target.read(from, each -> {
                Checkpoint checkpoint = Checkpoint.deserializeRecord(each);
                found.computeIfAbsent(checkpoint.consumerGroupId(), any -> new HashMap<>())
                        .put(checkpoint.topicPartition(), checkpoint);
            });
        }
        return found;
    }

    /** By group and partition of the target what is committed at the source; nothing where it does not answer. */
    private Map<String, Map<TopicPartition, Long>> committedAtSource(Set<String> groups) throws InterruptedException {
        Map<String, Map<TopicPartition, Long>> found = new TreeMap<>();
        try {
            pairs.read(source);
            Collection<String> asked = groups.isEmpty() ? groupsAtSource() : groups;
            for (String group : asked) {
                Map<TopicPartition, Long> translated = new HashMap<>();
                committed(source, group).forEach((partition, offset) -> {
                    if (flow.copies(partition.topic())) {
                        translated.put(
                                new TopicPartition(flow.nameAtTarget(partition.topic()), partition.partition()),
                                offset);
                    }
                });
                if (!translated.isEmpty()) {
                    found.put(group, translated);
                }
            }
        } catch (KafkaException e) {
            sourceProblem = e.getMessage();
        }
        return found;
    }

    private Collection<String> groupsAtSource() throws InterruptedException {
        return source.get(source.admin().listConsumerGroups().all()).stream()
                .map(each -> each.groupId())
                .toList();
    }

    private static Map<TopicPartition, Long> committed(ClusterClients cluster, String group)
            throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> found =
                cluster.get(cluster.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition, offset.offset());
            }
        });
        return offsets;
    }

    private List<Step> steps(
            String group,
            Map<TopicPartition, Checkpoint> checkpoints,
            Map<TopicPartition, Long> atSource,
            Untranslated untranslated)
            throws InterruptedException {
        Set<TopicPartition> partitions =
                new TreeSet<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        partitions.addAll(checkpoints.keySet());
        partitions.addAll(atSource.keySet());
        Set<String> there = target.topics();
        partitions.removeIf(each -> !there.contains(each.topic()));
        Map<TopicPartition, Long> begins = target.offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = target.offsets(partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> committed = committed(target, group);
        String members = members(group);
        List<Step> steps = new ArrayList<>();
        for (TopicPartition each : partitions) {
            Long from = committed.get(each);
            Checkpoint pair = checkpoints.get(each);
            long begin = begins.get(each);
            long end = ends.get(each);
            if (members != null) {
                steps.add(new Step(group, each.topic(), each.partition(), from, null, 0, members, true));
            } else if (pair == null) {
                steps.add(untranslated(group, each, from, begin, end, untranslated));
            } else {
                long to = Math.min(Math.max(pair.downstreamOffset(), begin), end);
                steps.add(translated(group, each, from, to, again(each, atSource.get(each), to, end - to)));
            }
        }
        return steps;
    }

    /** What the group has read at the source since the pair of offsets that it goes on at; all that follows where that is not known. */
    private long again(TopicPartition partition, Long committed, long to, long following) {
        if (committed == null) {
            return following;
        }
        OptionalLong before = pairs.lastBefore(partition, to);
        return before.isEmpty() ? following : Math.max(0, Math.min(following, committed - before.getAsLong()));
    }

    private Step translated(String group, TopicPartition partition, Long from, long to, long again) {
        if (from != null && from > to) {
            String words = "stays at %d: the group has gone on at %s, which is ahead of what %s had told by %d"
                    .formatted(from, flow.to(), flow.from(), from - to);
            return new Step(group, partition.topic(), partition.partition(), from, null, 0, words, false);
        }
        return new Step(group, partition.topic(), partition.partition(), from, to, again, null, false);
    }

    private Step untranslated(
            String group, TopicPartition partition, Long from, long begin, long end, Untranslated choice) {
        String none =
                "its offset at %s has no translation: it is before the first that MirrorMaker wrote down, or newer than"
                                .formatted(flow.from())
                        + " its last look at groups";
        return switch (choice) {
            case EARLIEST ->
                new Step(group, partition.topic(), partition.partition(), from, begin, end - begin, none, false);
            case LATEST -> new Step(group, partition.topic(), partition.partition(), from, end, 0, none, false);
            case REFUSED -> new Step(group, partition.topic(), partition.partition(), from, null, 0, none, true);
        };
    }

    /** Why a group with members is not set; null where it has none. */
    private String members(String group) throws InterruptedException {
        ConsumerGroupDescription described = target.get(target.admin()
                .describeConsumerGroups(List.of(group))
                .describedGroups()
                .get(group));
        return described.members().isEmpty()
                ? null
                : "the group has %d members at %s: stop them first"
                        .formatted(described.members().size(), flow.to());
    }

    /**
     * Does it.
     *
     * @throws KafkaException where the target has refused it, as it does once a group has members
     */
    public void apply(List<Step> steps) throws InterruptedException {
        Map<String, Map<TopicPartition, OffsetAndMetadata>> offsets = new TreeMap<>();
        for (Step each : steps) {
            if (each.refused()) {
                throw new IllegalStateException("A step is refused: " + each);
            }
            if (each.isToDo()) {
                offsets.computeIfAbsent(each.group(), any -> new HashMap<>())
                        .put(new TopicPartition(each.topic(), each.partition()), new OffsetAndMetadata(each.to()));
            }
        }
        for (Map.Entry<String, Map<TopicPartition, OffsetAndMetadata>> each : offsets.entrySet()) {
            target.get(target.admin()
                    .alterConsumerGroupOffsets(each.getKey(), each.getValue())
                    .all());
        }
    }

    @Override
    public void close() {
        source.close();
        target.close();
    }
}
