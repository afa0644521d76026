package io.wadi.extension.mirror;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
        FailoverPlanner planner = new FailoverPlanner(flow, syncs, untranslated, sourceProblem == null);
        List<Step> steps = new ArrayList<>();
        for (String each : all) {
            FailoverPlanner.Group group = new FailoverPlanner.Group(
                    each,
                    checkpoints.getOrDefault(each, Map.of()),
                    committed.getOrDefault(each, Map.of()),
                    atTarget.getOrDefault(each, Map.of()),
                    sourceProblem == null && !unreadable.containsKey(each),
                    refusals.get(each));
            steps.addAll(planner.steps(group, logs(group.partitions())));
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

    /** Returns the logs of those partitions that the target has. */
    private Map<TopicPartition, FailoverPlanner.Log> logs(Set<TopicPartition> partitions) throws InterruptedException {
        Set<TopicPartition> existing = existing(partitions);
        Map<TopicPartition, Long> begins = target.offsets(existing, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = target.offsets(existing, OffsetSpec.latest());
        Map<TopicPartition, Long> logEnds = target.logEnds(existing);
        Map<TopicPartition, FailoverPlanner.Log> logs = new HashMap<>();
        existing.forEach(
                each -> logs.put(each, new FailoverPlanner.Log(begins.get(each), ends.get(each), logEnds.get(each))));
        return logs;
    }

    /** Returns those partitions that the target has. */
    private Set<TopicPartition> existing(Set<TopicPartition> partitions) throws InterruptedException {
        Set<String> topics = target.topics();
        topics.retainAll(partitions.stream().map(TopicPartition::topic).toList());
        Set<TopicPartition> existing = new HashSet<>(target.partitions(topics));
        existing.retainAll(partitions);
        return existing;
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
