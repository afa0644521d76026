package io.wadi.management.lag;

import io.wadi.kafka.PartitionOrder;
import io.wadi.management.lag.EndHistory.Age;
import io.wadi.management.lag.GroupSample.Owner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The commits and end offsets of all groups, up to a limit of partitions. Deleted groups and topics are removed. Not
 * thread-safe.
 */
class LagStore implements CommitLog.Listener {
    /** The maximum number of partitions that a problem names. */
    private static final int MAX_NAMED = 5;

    private final Limits limits;
    private final Map<String, Map<TopicPartition, CommitHistory>> commits = new HashMap<>();
    private final Map<TopicPartition, EndHistory> ends = new HashMap<>();
    private int size;
    private int omitted;

    /**
     * The limits and rules.
     *
     * @param maxPartitions maximum number of evaluated partitions, counted per group
     * @param minIntervalMs the minimum interval; commits with a shorter interval are merged
     */
    record Limits(LagEvaluator.Rules rules, int maxPartitions, long minIntervalMs) {}

    LagStore(Limits limits) {
        this.limits = limits;
    }

    /** Adds a commit from Kafka's log of commits. Its lag is computed with the next sample. */
    @Override
    public void committed(String group, TopicPartition partition, long offset, long timeMs) {
        CommitHistory history = history(group, partition);
        if (history != null) {
            history.addLogged(new Commit(offset, timeMs, Commit.UNKNOWN), limits.minIntervalMs());
        }
    }

    @Override
    public void deleted(String group, TopicPartition partition) {
        Map<TopicPartition, CommitHistory> ofGroup = commits.get(group);
        if (ofGroup != null && ofGroup.remove(partition) != null) {
            size--;
        }
    }

    /** Returns the existing or a new history; null if the limit is reached. */
    private CommitHistory history(String group, TopicPartition partition) {
        Map<TopicPartition, CommitHistory> ofGroup = commits.get(group);
        CommitHistory found = ofGroup == null ? null : ofGroup.get(partition);
        if (found != null || size >= limits.maxPartitions()) {
            return found;
        }
        size++;
        CommitHistory added = new CommitHistory();
        commits.computeIfAbsent(group, any -> new HashMap<>()).put(partition, added);
        return added;
    }

    /**
     * Adds a sample and returns a report.
     *
     * @param byLog whether commits come from Kafka's log of commits; otherwise a changed offset counts as a commit at
     *     the time of the sample
     */
    LagReport update(ClusterSample sample, boolean byLog) {
        removeDeleted(sample);
        sample.ends().forEach((partition, end) -> {
            EndHistory history = ends.get(partition);
            if (history != null) {
                history.add(sample.timeMs(), end);
            }
        });
        omitted = 0;
        List<GroupLag> groups = new ArrayList<>();
        for (GroupSample each : sample.groups()) {
            groups.add(group(each, sample, byLog));
        }
        return new LagReport(sample.timeMs(), groups, sample.topics(), sample.ends(), omitted(sample), "");
    }

    private String omitted(ClusterSample sample) {
        String ofGroups = sample.groupsLeft() == 0
                ? ""
                : "%d groups are not monitored: they exceed wadi.lag.max-groups. ".formatted(sample.groupsLeft());
        String ofPartitions = omitted == 0
                ? ""
                : "%d partitions of groups are not evaluated: wadi.lag.max-partitions is %d."
                        .formatted(omitted, limits.maxPartitions());
        return (ofGroups + ofPartitions).trim();
    }

    private void removeDeleted(ClusterSample sample) {
        Map<String, GroupSample> found = new HashMap<>();
        sample.groups().forEach(each -> found.put(each.group(), each));
        commits.keySet().retainAll(found.keySet());
        Set<TopicPartition> used = new HashSet<>();
        size = 0;
        commits.forEach((group, partitions) -> {
            Map<TopicPartition, Long> committed = found.get(group).committed();
            if (committed != null) {
                partitions.keySet().removeIf(each -> !committed.containsKey(each) || isDeleted(each, sample));
            }
            size += partitions.size();
            used.addAll(partitions.keySet());
        });
        ends.keySet().retainAll(used);
    }

    private static boolean isDeleted(TopicPartition partition, ClusterSample sample) {
        return partition.partition() >= sample.topics().getOrDefault(partition.topic(), 0);
    }

    private GroupLag group(GroupSample group, ClusterSample sample, boolean byLog) {
        List<PartitionLag> partitions = new ArrayList<>();
        Set<String> deleted = new HashSet<>();
        if (group.committed() != null) {
            group.committed().forEach((partition, offset) -> {
                if (isDeleted(partition, sample)) {
                    deleted.add(partition.topic());
                } else {
                    partitions.add(partition(group, partition, offset, sample, byLog));
                }
            });
        }
        List<String> uncommitted = uncommitted(group, sample);
        partitions.sort(Comparator.comparing(PartitionLag::partition, PartitionOrder.BY_NAME));
        return new GroupLag(
                group.group(),
                group.type(),
                group.state(),
                group.members(),
                partitions,
                uncommitted.size(),
                group.committed() != null,
                problem(group, deleted, uncommitted, withoutEnd(partitions)));
    }

    /** Returns the partitions with records that the group reads without a committed offset. */
    private static List<String> uncommitted(GroupSample group, ClusterSample sample) {
        return group.uncommitted(sample.topics())
                .filter(each -> sample.ends().getOrDefault(each, 0L) > 0
                        && !sample.emptied().contains(each))
                .map(TopicPartition::toString)
                .sorted()
                .toList();
    }

    private static List<String> withoutEnd(List<PartitionLag> partitions) {
        return partitions.stream()
                .filter(each -> !each.isLagKnown())
                .map(each -> each.partition().toString())
                .toList();
    }

    private static String problem(
            GroupSample group, Set<String> deleted, List<String> uncommitted, List<String> withoutEnd) {
        List<String> problems = new ArrayList<>();
        problems.add(group.problem());
        if (!deleted.isEmpty()) {
            problems.add(
                    "offsets of topics or partitions that do not exist or that Wadi is not authorized to describe: "
                            + String.join(", ", deleted.stream().sorted().toList()));
        }
        if (!uncommitted.isEmpty()) {
            problems.add("lag unknown, no committed offset: " + named(uncommitted));
        }
        if (!withoutEnd.isEmpty()) {
            problems.add("lag unknown, no end offset: " + named(withoutEnd));
        }
        return problems.stream().filter(each -> !each.isEmpty()).collect(Collectors.joining("; "));
    }

    private static String named(List<String> partitions) {
        return String.join(", ", partitions.subList(0, Math.min(MAX_NAMED, partitions.size())))
                + (partitions.size() > MAX_NAMED ? " and " + (partitions.size() - MAX_NAMED) + " more" : "");
    }

    private PartitionLag partition(
            GroupSample group, TopicPartition partition, long offset, ClusterSample sample, boolean byLog) {
        Long end = sample.ends().get(partition);
        String endProblem = sample.endProblems().getOrDefault(partition, "");
        Owner owner = group.owners().getOrDefault(partition, Owner.NONE);
        CommitHistory history = history(group.group(), partition);
        if (history == null) {
            omitted++;
            return PartitionLag.of(
                    partition, LagStatus.OK, offset, end, endProblem, new Age(0, false), List.of(), owner);
        }
        EndHistory endHistory = endHistory(partition, sample);
        long lag = end == null ? 0 : Math.max(0, end - offset);
        Commit sampled = new Commit(offset, sample.timeMs(), end == null ? Commit.UNKNOWN : lag);
        if (history.isEmpty() || (!byLog && history.lastOffset() != offset)) {
            history.add(sampled, limits.minIntervalMs());
        } else if (byLog) {
            history.addSampled(sampled, limits.minIntervalMs());
        }
        history.updateLags(endHistory);
        List<Commit> commits = history.commits();
        LagStatus status = LagEvaluator.of(commits, endHistory.oldestRecent(), lag, sample.timeMs(), limits.rules());
        Age age = end == null ? new Age(0, false) : endHistory.age(offset, sample.timeMs());
        return PartitionLag.of(partition, status, offset, end, endProblem, age, commits, owner);
    }

    private EndHistory endHistory(TopicPartition partition, ClusterSample sample) {
        return ends.computeIfAbsent(partition, any -> {
            EndHistory added = new EndHistory();
            Long end = sample.ends().get(partition);
            if (end != null) {
                added.add(sample.timeMs(), end);
            }
            return added;
        });
    }
}
