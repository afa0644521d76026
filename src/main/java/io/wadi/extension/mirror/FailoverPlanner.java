package io.wadi.extension.mirror;

import io.wadi.extension.mirror.Failover.Step;
import io.wadi.extension.mirror.Failover.Untranslated;
import io.wadi.kafka.PartitionOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.mirror.Checkpoint;

/**
 * The rules by which a {@link Failover} chooses a step for each partition of a group. No step skips a record that the
 * group has not read, except by {@link Untranslated#LATEST}. Does no I/O.
 *
 * @param hasSource whether the source has responded
 */
record FailoverPlanner(ReplicationFlow flow, OffsetSyncs syncs, Untranslated untranslated, boolean hasSource) {
    /**
     * A group at both clusters.
     *
     * @param checkpoints by partition of the target, as the offsets
     * @param atSource the committed offsets at the source, as far as known
     * @param atTarget the committed offsets at the target
     * @param isReadAtSource whether the source has returned all offsets of the group
     * @param refusal the reason for not setting offsets of the group; null for none
     */
    record Group(
            String id,
            Map<TopicPartition, Checkpoint> checkpoints,
            Map<TopicPartition, Long> atSource,
            Map<TopicPartition, Long> atTarget,
            boolean isReadAtSource,
            String refusal) {
        /** Returns the partitions with a checkpoint or a committed offset at the source, in order. */
        Set<TopicPartition> partitions() {
            Set<TopicPartition> partitions = new TreeSet<>(PartitionOrder.BY_NAME);
            partitions.addAll(checkpoints.keySet());
            partitions.addAll(atSource.keySet());
            return partitions;
        }
    }

    /**
     * The log of a partition at the target.
     *
     * @param end the end for read-committed consumers
     * @param logEnd the end with the records of open transactions, which consumers may have read
     */
    record Log(long begin, long end, long logEnd) {
        private boolean contains(Long offset) {
            return offset != null && offset >= begin && offset <= logEnd;
        }
    }

    /** Returns the steps of a group, in the order of its partitions, of which these exist at the target. */
    List<Step> steps(Group group, Map<TopicPartition, Log> existing) {
        List<Step> steps = new ArrayList<>();
        for (TopicPartition each : group.partitions()) {
            Log log = existing.get(each);
            // Checkpoints remain after their topic was deleted, and after the group has left it.
            if (log != null || !group.isReadAtSource() || group.atSource().containsKey(each)) {
                steps.add(step(group, each, log));
            }
        }
        return steps;
    }

    private Step step(Group group, TopicPartition partition, Log log) {
        Long from = group.atTarget().get(partition);
        Checkpoint checkpoint = group.checkpoints().get(partition);
        if (group.refusal() != null) {
            return step(group, partition, from, null, 0, group.refusal(), true, false);
        }
        if (log == null) {
            return missing(group, partition, from);
        }
        if (checkpoint == null || checkpoint.downstreamOffset() > log.logEnd()) {
            return log.contains(from)
                    ? stays(group, partition, from, "; groups reset sets another offset")
                    : untranslated(
                            group,
                            partition,
                            checkpoint == null ? missingTranslation(group) : beyond(checkpoint, log.logEnd()),
                            log);
        }
        long to = Math.min(Math.max(checkpoint.downstreamOffset(), log.begin()), log.end());
        Long committed = group.atSource().get(partition);
        if (from != null && from > to && from <= log.logEnd()) {
            String ahead = ", %d ahead of its offset from %s".formatted(from - to, flow.from());
            return stays(group, partition, from, ahead);
        }
        if (committed != null && committed < checkpoint.upstreamOffset()) {
            // MirrorMaker writes no checkpoint of an offset before its offset syncs, and none while it is stopped. The
            // last one would skip the records that the group is to read again.
            String why = "it was set back to %d, before its last checkpoint of %d"
                    .formatted(committed, checkpoint.upstreamOffset());
            return untranslated(group, partition, why, log);
        }
        long again = again(partition, committed, to, log.end() - to);
        return step(group, partition, from, to, again, null, false, false);
    }

    private static Step step(
            Group group,
            TopicPartition partition,
            Long from,
            Long to,
            long again,
            String words,
            boolean refused,
            boolean missing) {
        return new Step(group.id(), partition.topic(), partition.partition(), from, to, again, words, refused, missing);
    }

    private Step missing(Group group, TopicPartition partition, Long from) {
        String words = flow.to() + " does not have it: no offset can be set"
                + (hasSource ? "" : "; its topic may have been deleted before " + flow.from() + " failed");
        return step(group, partition, from, null, 0, words, untranslated == Untranslated.REFUSED, true);
    }

    private Step stays(Group group, TopicPartition partition, long from, String ahead) {
        String words = "stays at %d: the group has already continued at %s%s".formatted(from, flow.to(), ahead);
        return step(group, partition, from, null, 0, words, false, false);
    }

    private Step untranslated(Group group, TopicPartition partition, String reason, Log log) {
        Long from = group.atTarget().get(partition);
        String why = "its offset at %s has no translation: %s".formatted(flow.from(), reason);
        return switch (untranslated) {
            case EARLIEST -> step(group, partition, from, log.begin(), log.end() - log.begin(), why, false, false);
            case LATEST -> step(group, partition, from, log.end(), 0, why, false, false);
            case REFUSED -> step(group, partition, from, null, 0, why, true, false);
        };
    }

    private String missingTranslation(Group group) {
        return flow.groups().matches(group.id())
                ? "it precedes MirrorMaker's first offset sync or follows its last checkpoint"
                : "groups and groups.exclude of MirrorMaker leave the group out";
    }

    /** MirrorMaker writes no checkpoint with a smaller offset at the target than that of the last one. */
    private String beyond(Checkpoint checkpoint, long logEnd) {
        return "its last checkpoint is at %d, beyond the end at %s, %d: the topic was recreated there or has lost"
                        .formatted(checkpoint.downstreamOffset(), flow.to(), logEnd)
                + " records";
    }

    /** Returns how many records are read again; all following ones if the source's offset is unknown. */
    private long again(TopicPartition partition, Long committed, long to, long following) {
        if (committed == null) {
            return following;
        }
        OptionalLong before = syncs.lastBefore(partition, to);
        return before.isEmpty() ? following : Math.max(0, Math.min(following, committed - before.getAsLong()));
    }
}
