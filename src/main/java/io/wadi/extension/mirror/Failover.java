package io.wadi.extension.mirror;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.connect.mirror.Checkpoint;

/**
 * Moves the consumer groups of a source cluster to its target. Offsets differ there, so MirrorMaker's checkpoints are
 * used to translate them to the same or an earlier record: no record is skipped, and some may be read again. For one
 * thread.
 *
 * <p>A failover does not need the source. If it is available, it provides the offsets of groups without checkpoint, and
 * of the others the number of records that are read again.
 */
public final class Failover implements AutoCloseable {
    private final ReplicationFlow flow;
    private final ClusterClients source;
    private final ClusterClients target;
    private final OffsetSyncs syncs;
    private final Set<String> excluded = new TreeSet<>();
    private final Map<String, String> unreadable = new TreeMap<>();
    private String sourceProblem;

    /** The treatment of partitions without translated offset, and of those that the target does not have. */
    public enum Untranslated {
        /** The whole failover is rejected. */
        REFUSED,
        /** All records at the target are read. A partition that it does not have gets no offset. */
        EARLIEST,
        /** All records at the target are skipped. A partition that it does not have gets no offset. */
        LATEST
    }

    /**
     * The step for one partition of a group at the target.
     *
     * @param from the committed offset at the target; null for none
     * @param to the offset to commit; null to keep the committed one
     * @param again the maximum number of offsets that are read again
     * @param words why the offset is kept, or how it was chosen without translation; null for a plain translation
     * @param refused whether this partition prevents the failover
     * @param missing whether the target does not have the partition
     */
    public record Step(
            String group,
            String topic,
            int partition,
            Long from,
            Long to,
            long again,
            String words,
            boolean refused,
            boolean missing) {
        public boolean isChange() {
            return !refused && to != null && !to.equals(from);
        }
    }

    /**
     * A group at both clusters.
     *
     * @param checkpoints by partition of the target, as the offsets
     * @param atSource the committed offsets at the source, as far as known
     * @param atTarget the committed offsets at the target
     * @param refusal the reason for not setting offsets of the group; null for none
     */
    private record Group(
            String id,
            Map<TopicPartition, Checkpoint> checkpoints,
            Map<TopicPartition, Long> atSource,
            Map<TopicPartition, Long> atTarget,
            String refusal) {}

    /** Creates the failover of a flow; does not connect yet. */
    public Failover(MirrorFile file, ReplicationFlow flow) {
        this.flow = flow;
        this.source = new ClusterClients(file, flow.from());
        this.target = new ClusterClients(file, flow.to());
        this.syncs = new OffsetSyncs(flow);
    }

    /** Returns the failure of the source, after {@link #plan}; null for none. */
    public String sourceProblem() {
        return sourceProblem;
    }

    /**
     * Returns the groups that the source lists, but of which it has not returned the offsets, with the reasons. Those
     * without checkpoint are not in the plan.
     */
    public Map<String, String> unreadable() {
        return unreadable;
    }

    /** Returns the groups that {@link #plan} has left out, since MirrorMaker does not translate their offsets. */
    public Set<String> excluded() {
        return excluded;
    }

    /**
     * Plans the failover; changes nothing.
     *
     * @param groups the groups; empty for all known ones but {@link #excluded}
     * @throws KafkaException if the target does not respond, or the source has not returned the offsets of one of the
     *     groups, which has no checkpoint
     * @throws IllegalArgumentException if a group is unknown
     */
    public List<Step> plan(Set<String> groups, Untranslated untranslated) throws InterruptedException {
        Map<String, Map<TopicPartition, Checkpoint>> checkpoints = checkpoints();
        if (flow.hasSyncsAtTarget()) {
            syncs.read(target);
        }
        Map<String, Map<TopicPartition, Long>> committed = committedAtSource(groups);
        Set<String> all = new TreeSet<>(checkpoints.keySet());
        all.addAll(committed.keySet());
        for (String each : groups) {
            if (!all.contains(each) && unreadable.containsKey(each)) {
                throw new KafkaException("The offsets of group %s cannot be read, and it has no checkpoint: %s"
                        .formatted(each, unreadable.get(each)));
            }
            if (!all.contains(each)) {
                throw new IllegalArgumentException(("Unknown group \"%s\": it has no offsets for topics of %s at %s;"
                                + " expected one of %s")
                        .formatted(each, flow.name(), target.where(), all.isEmpty() ? "none" : String.join(", ", all)));
            }
        }
        if (!groups.isEmpty()) {
            all.retainAll(groups);
        } else {
            all.stream()
                    .filter(each -> !flow.groups().matches(each) && !checkpoints.containsKey(each))
                    .forEach(excluded::add);
            all.removeAll(excluded);
        }
        Map<String, String> refusals = members(all);
        Map<String, Map<TopicPartition, Long>> atTarget = committed(target, all, refusals);
        List<Step> steps = new ArrayList<>();
        for (String group : all) {
            Group state = new Group(
                    group,
                    checkpoints.getOrDefault(group, Map.of()),
                    committed.getOrDefault(group, Map.of()),
                    atTarget.getOrDefault(group, Map.of()),
                    refusals.get(group));
            steps.addAll(steps(state, untranslated));
        }
        return steps;
    }

    /** Returns the last checkpoint by group and partition of the target. */
    private Map<String, Map<TopicPartition, Checkpoint>> checkpoints() throws InterruptedException {
        Map<ByteBuffer, Checkpoint> last = new HashMap<>();
        target.read(flow.checkpoints(), each -> {
            // Operators may remove the checkpoints of a deleted topic by tombstones.
            Checkpoint checkpoint = each.value() == null ? null : Checkpoint.deserializeRecord(each);
            last.compute(ByteBuffer.wrap(each.key()), (key, former) -> checkpoint);
        });
        Map<String, Map<TopicPartition, Checkpoint>> found = new TreeMap<>();
        last.values()
                .forEach(checkpoint -> found.computeIfAbsent(checkpoint.consumerGroupId(), any -> new HashMap<>())
                        .put(checkpoint.topicPartition(), checkpoint));
        return found;
    }

    /** Returns the source's committed offsets by group and partition of the target; empty if it does not respond. */
    private Map<String, Map<TopicPartition, Long>> committedAtSource(Set<String> groups) throws InterruptedException {
        Map<String, Map<TopicPartition, Long>> found = new TreeMap<>();
        try {
            if (!flow.hasSyncsAtTarget()) {
                syncs.read(source);
            }
            Collection<String> selected = groups.isEmpty() ? groupsAtSource() : groups;
            committed(source, selected, unreadable).forEach((group, offsets) -> {
                Map<TopicPartition, Long> renamed = new HashMap<>();
                offsets.forEach((partition, offset) -> {
                    if (flow.copies(partition.topic())) {
                        renamed.put(
                                new TopicPartition(flow.nameAtTarget(partition.topic()), partition.partition()),
                                offset);
                    }
                });
                if (!renamed.isEmpty()) {
                    found.put(group, renamed);
                }
            });
        } catch (KafkaException e) {
            sourceProblem = e.getMessage();
        }
        return found;
    }

    private Collection<String> groupsAtSource() throws InterruptedException {
        return source
                .request(admin -> get(
                        admin.listGroups(ListGroupsOptions.forConsumerGroups()).all()))
                .stream()
                .map(each -> each.groupId())
                .toList();
    }

    /**
     * Returns the committed offsets by group.
     *
     * @param failures gets the reasons by group for those that cannot be read
     */
    private static Map<String, Map<TopicPartition, Long>> committed(
            ClusterClients cluster, Collection<String> groups, Map<String, String> failures)
            throws InterruptedException {
        return cluster.request(admin -> AdminRequests.committed(
                admin,
                groups,
                (group, e) -> failures.putIfAbsent(group, cluster.failed(e).getMessage())));
    }

    private List<Step> steps(Group group, Untranslated untranslated) throws InterruptedException {
        Set<TopicPartition> partitions =
                new TreeSet<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        partitions.addAll(group.checkpoints().keySet());
        partitions.addAll(group.atSource().keySet());
        Set<TopicPartition> existing = existing(partitions);
        if (sourceProblem == null && !unreadable.containsKey(group.id())) {
            // Checkpoints remain after their topic was deleted, and after the group has left it.
            partitions.removeIf(
                    each -> !existing.contains(each) && !group.atSource().containsKey(each));
        }
        Map<TopicPartition, Long> begins = target.offsets(existing, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = target.offsets(existing, OffsetSpec.latest());
        // Consumers may have read records of open transactions.
        Map<TopicPartition, Long> logEnds = target.logEnds(existing);
        List<Step> steps = new ArrayList<>();
        for (TopicPartition each : partitions) {
            Long from = group.atTarget().get(each);
            Checkpoint checkpoint = group.checkpoints().get(each);
            if (group.refusal() != null) {
                steps.add(new Step(
                        group.id(), each.topic(), each.partition(), from, null, 0, group.refusal(), true, false));
            } else if (!existing.contains(each)) {
                steps.add(missing(group.id(), each, from, untranslated == Untranslated.REFUSED));
            } else if (checkpoint == null || checkpoint.downstreamOffset() > logEnds.get(each)) {
                boolean isInLog = from != null && from >= begins.get(each) && from <= logEnds.get(each);
                String why = checkpoint == null ? missingTranslation(group) : beyond(checkpoint, logEnds.get(each));
                steps.add(
                        isInLog
                                ? stays(group.id(), each, from, "; groups reset sets another offset")
                                : untranslated(group, each, why, begins.get(each), ends.get(each), untranslated));
            } else {
                long end = ends.get(each);
                long to = Math.min(Math.max(checkpoint.downstreamOffset(), begins.get(each)), end);
                Long committed = group.atSource().get(each);
                long again = again(each, committed, to, end - to);
                if (from != null && from > to && from <= logEnds.get(each)) {
                    steps.add(ahead(group.id(), each, from, to));
                } else if (committed != null && committed < checkpoint.upstreamOffset()) {
                    // MirrorMaker writes no checkpoint of an offset before its offset syncs, and none while it is
                    // stopped. The last one would skip the records that the group is to read again.
                    String why = "it was set back to %d, before its last checkpoint of %d"
                            .formatted(committed, checkpoint.upstreamOffset());
                    steps.add(untranslated(group, each, why, begins.get(each), end, untranslated));
                } else {
                    steps.add(translated(group.id(), each, from, to, again));
                }
            }
        }
        return steps;
    }

    /** MirrorMaker writes no checkpoint with a smaller offset at the target than that of the last one. */
    private String beyond(Checkpoint checkpoint, long logEnd) {
        return "its last checkpoint is at %d, beyond the end at %s, %d: the topic was recreated there or has lost"
                        .formatted(checkpoint.downstreamOffset(), flow.to(), logEnd)
                + " records";
    }

    private Step missing(String group, TopicPartition partition, Long from, boolean isRefused) {
        String words = flow.to() + " does not have it: no offset can be set"
                + (sourceProblem == null ? "" : "; its topic may have been deleted before " + flow.from() + " failed");
        return new Step(group, partition.topic(), partition.partition(), from, null, 0, words, isRefused, true);
    }

    /** Returns those partitions that the target has. */
    private Set<TopicPartition> existing(Set<TopicPartition> partitions) throws InterruptedException {
        Set<String> topics = target.topics();
        topics.retainAll(partitions.stream().map(TopicPartition::topic).toList());
        Set<TopicPartition> existing = new HashSet<>(target.partitions(topics));
        existing.retainAll(partitions);
        return existing;
    }

    /** Returns how many records are read again; all following ones if the source's offset is unknown. */
    private long again(TopicPartition partition, Long committed, long to, long following) {
        if (committed == null) {
            return following;
        }
        OptionalLong before = syncs.lastBefore(partition, to);
        return before.isEmpty() ? following : Math.max(0, Math.min(following, committed - before.getAsLong()));
    }

    private static Step translated(String group, TopicPartition partition, Long from, long to, long again) {
        return new Step(group, partition.topic(), partition.partition(), from, to, again, null, false, false);
    }

    private Step ahead(String group, TopicPartition partition, long from, long to) {
        return stays(group, partition, from, ", %d ahead of its offset from %s".formatted(from - to, flow.from()));
    }

    private Step stays(String group, TopicPartition partition, long from, String ahead) {
        String words = "stays at %d: the group has already continued at %s%s".formatted(from, flow.to(), ahead);
        return new Step(group, partition.topic(), partition.partition(), from, null, 0, words, false, false);
    }

    private String missingTranslation(Group group) {
        return flow.groups().matches(group.id())
                ? "it precedes MirrorMaker's first offset sync or follows its last checkpoint"
                : "groups and groups.exclude of MirrorMaker leave the group out";
    }

    private Step untranslated(
            Group group, TopicPartition partition, String reason, long begin, long end, Untranslated choice) {
        String id = group.id();
        Long from = group.atTarget().get(partition);
        String why = "its offset at %s has no translation: %s".formatted(flow.from(), reason);
        return switch (choice) {
            case EARLIEST ->
                new Step(id, partition.topic(), partition.partition(), from, begin, end - begin, why, false, false);
            case LATEST -> new Step(id, partition.topic(), partition.partition(), from, end, 0, why, false, false);
            case REFUSED -> new Step(id, partition.topic(), partition.partition(), from, null, 0, why, true, false);
        };
    }

    /** Returns the reasons for not setting offsets of groups with members, or with members that cannot be read. */
    private Map<String, String> members(Set<String> groups) throws InterruptedException {
        return target.request(admin -> {
            Map<String, String> reasons = new HashMap<>();
            for (Map.Entry<String, KafkaFuture<ConsumerGroupDescription>> each :
                    admin.describeConsumerGroups(groups).describedGroups().entrySet()) {
                try {
                    int members = get(each.getValue()).members().size();
                    if (members > 0) {
                        reasons.put(
                                each.getKey(),
                                "the group has %d members at %s: stop them first".formatted(members, flow.to()));
                    }
                } catch (GroupIdNotFoundException e) {
                    // It has no members.
                } catch (KafkaException e) {
                    reasons.put(each.getKey(), target.failed(e).getMessage());
                }
            }
            return reasons;
        });
    }

    /**
     * Commits the planned offsets.
     *
     * @throws KafkaException if the target rejects those of a group, as it does once the group has members; the message
     *     names the groups with set offsets
     */
    public void apply(List<Step> steps) throws InterruptedException {
        Map<String, Map<TopicPartition, OffsetAndMetadata>> offsets = new TreeMap<>();
        for (Step each : steps) {
            if (each.refused()) {
                throw new IllegalStateException("Refused step: " + each);
            }
            if (each.isChange()) {
                offsets.computeIfAbsent(each.group(), any -> new HashMap<>())
                        .put(new TopicPartition(each.topic(), each.partition()), new OffsetAndMetadata(each.to()));
            }
        }
        List<String> done = new ArrayList<>();
        for (Map.Entry<String, Map<TopicPartition, OffsetAndMetadata>> each : offsets.entrySet()) {
            try {
                target.request(admin -> get(admin.alterConsumerGroupOffsets(each.getKey(), each.getValue())
                        .all()));
            } catch (KafkaException e) {
                KafkaException failed = new KafkaException("The offsets of group %s are not set%s: %s"
                        .formatted(
                                each.getKey(),
                                done.isEmpty() ? "" : ", those of %s are".formatted(String.join(", ", done)),
                                e.getMessage()));
                failed.addSuppressed(e);
                throw failed;
            }
            done.add(each.getKey());
        }
    }

    @Override
    public void close() {
        source.close();
        target.close();
    }
}
