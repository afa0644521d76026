package io.wadi.management.lag;

import io.wadi.management.lag.EndHistory.Age;
import io.wadi.management.lag.GroupSample.Owner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What is remembered of all groups, within a limit; what is gone from Kafka is forgotten at the next look. Not thread-safe.
 */
final class LagStore implements CommitLog.Taker {
    private final Limits limits;
    private final Map<String, Map<TopicPartition, CommitHistory>> commits = new HashMap<>();
    private final Map<TopicPartition, EndHistory> ends = new HashMap<>();
    private int size;
    private int left;

    /**
     * What is remembered, and how it is judged.
     *
     * @param mostPartitions partitions of groups, each of each group counted; there is no verdict on those beyond
     * @param apartMs commits closer together than this are one
     */
    record Limits(LagEvaluator.Rules rules, int mostPartitions, long apartMs) {}

    LagStore(Limits limits) {
        this.limits = limits;
    }

    /** Takes a commit that Kafka's log tells of. How far it was behind the next look tells. */
    @Override
    public void committed(String group, TopicPartition partition, long offset, long timeMs) {
        CommitHistory history = history(group, partition);
        if (history != null) {
            history.add(new Commit(offset, timeMs, Commit.UNKNOWN), limits.apartMs());
        }
    }

    @Override
    public void deleted(String group, TopicPartition partition) {
        Map<TopicPartition, CommitHistory> ofGroup = commits.get(group);
        if (ofGroup != null && ofGroup.remove(partition) != null) {
            size--;
        }
    }

    /** The history of a partition, new where there is none; null where there is no room. */
    private CommitHistory history(String group, TopicPartition partition) {
        Map<TopicPartition, CommitHistory> ofGroup = commits.get(group);
        CommitHistory found = ofGroup == null ? null : ofGroup.get(partition);
        if (found != null || size >= limits.mostPartitions()) {
            return found;
        }
        size++;
        CommitHistory added = new CommitHistory();
        commits.computeIfAbsent(group, any -> new HashMap<>()).put(partition, added);
        return added;
    }

    /**
     * Takes a look at the cluster and says what is known then.
     *
     * @param byLog whether commits come from Kafka's log; else an offset that has changed is one, at the time of the look
     */
    LagReport look(ClusterSample sample, boolean byLog) {
        forget(sample);
        sample.ends().forEach((partition, end) -> {
            EndHistory history = ends.get(partition);
            if (history != null) {
                history.add(sample.timeMs(), end);
            }
        });
        left = 0;
        List<GroupLag> groups = new ArrayList<>();
        for (GroupSample each : sample.groups()) {
            groups.add(group(each, sample, byLog));
        }
        return new LagReport(sample.timeMs(), groups, sample.topics(), sample.ends(), left(sample), "");
    }

    private String left(ClusterSample sample) {
        String ofGroups = sample.groupsLeft() == 0
                ? ""
                : "%d groups are not looked at: wadi.lag.max-groups is less than there are. "
                        .formatted(sample.groupsLeft());
        String ofPartitions = left == 0
                ? ""
                : "%d partitions of groups have no verdict: wadi.lag.max-partitions is %d."
                        .formatted(left, limits.mostPartitions());
        return (ofGroups + ofPartitions).trim();
    }

    private void forget(ClusterSample sample) {
        Map<String, GroupSample> found = new HashMap<>();
        sample.groups().forEach(each -> found.put(each.group(), each));
        commits.keySet().retainAll(found.keySet());
        Set<TopicPartition> wanted = new HashSet<>();
        size = 0;
        commits.forEach((group, partitions) -> {
            Map<TopicPartition, Long> committed = found.get(group).committed();
            if (committed != null) {
                partitions.keySet().removeIf(each -> !committed.containsKey(each) || isGone(each, sample));
            }
            size += partitions.size();
            wanted.addAll(partitions.keySet());
        });
        ends.keySet().retainAll(wanted);
    }

    private static boolean isGone(TopicPartition partition, ClusterSample sample) {
        return partition.partition() >= sample.topics().getOrDefault(partition.topic(), 0);
    }

    private GroupLag group(GroupSample group, ClusterSample sample, boolean byLog) {
        List<PartitionLag> partitions = new ArrayList<>();
        Set<String> gone = new HashSet<>();
        if (group.committed() != null) {
            group.committed().forEach((partition, offset) -> {
                if (isGone(partition, sample)) {
                    gone.add(partition.topic());
                } else {
                    partitions.add(partition(group, partition, offset, sample, byLog));
                }
            });
        }
        partitions.sort(
                Comparator.comparing((PartitionLag each) -> each.partition().topic())
                        .thenComparing(each -> each.partition().partition()));
        return new GroupLag(group.group(), group.state(), group.members(), partitions, problem(group, gone));
    }

    private static String problem(GroupSample group, Set<String> gone) {
        if (gone.isEmpty()) {
            return group.problem();
        }
        return group.problem() + (group.problem().isEmpty() ? "" : "; ")
                + "it has offsets of topics or partitions that are not there, or that Wadi may not see: "
                + String.join(", ", gone.stream().sorted().toList());
    }

    private PartitionLag partition(
            GroupSample group, TopicPartition partition, long offset, ClusterSample sample, boolean byLog) {
        Long end = sample.ends().get(partition);
        Owner owner = group.owners().getOrDefault(partition, Owner.NONE);
        CommitHistory history = history(group.group(), partition);
        if (history == null) {
            left++;
            return PartitionLag.of(partition, LagStatus.OK, offset, end, new Age(0, false), List.of(), owner);
        }
        EndHistory looks = looks(partition, sample);
        long lag = end == null ? 0 : Math.max(0, end - offset);
        if (history.isEmpty() || (!byLog && history.lastOffset() != offset)) {
            history.add(new Commit(offset, sample.timeMs(), end == null ? Commit.UNKNOWN : lag), limits.apartMs());
        }
        history.lookBack(looks);
        List<Commit> commits = history.commits();
        LagStatus verdict = LagEvaluator.of(commits, looks.oldestRecent(), lag, sample.timeMs(), limits.rules());
        Age age = end == null ? new Age(0, false) : looks.age(offset, sample.timeMs());
        return PartitionLag.of(partition, verdict, offset, end, age, commits, owner);
    }

    private EndHistory looks(TopicPartition partition, ClusterSample sample) {
        return ends.computeIfAbsent(partition, any -> {
            EndHistory looks = new EndHistory();
            Long end = sample.ends().get(partition);
            if (end != null) {
                looks.add(sample.timeMs(), end);
            }
            return looks;
        });
    }
}
