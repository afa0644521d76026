package io.wadi.management.lag;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.groups.GroupMembers;
import io.wadi.kafka.groups.GroupsAdmin;
import io.wadi.kafka.groups.GroupsAdmin.Listed;
import io.wadi.management.lag.GroupSample.Owner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Reads the committed offsets of all groups and the end offsets of all partitions of the cluster. This takes eight
 * requests to each broker for any number of groups, and a ninth if a group has no committed offset in a partition, or
 * has not read to its unchanged end. The client's API timeout limits each request. A failure of one group or partition
 * does not affect others.
 */
final class ClusterMonitor {
    private final Admin admin;
    private final int maxGroups;
    /** The groups that cannot be described together with others. */
    private final Set<String> separate = new HashSet<>();
    /** The end offsets of the previous sample. */
    private Map<TopicPartition, Long> previousEnds = Map.of();

    /**
     * Creates a monitor.
     *
     * @param admin the client, which the caller must close
     * @param maxGroups maximum number of groups; these are the first by name
     */
    ClusterMonitor(Admin admin, int maxGroups) {
        this.admin = admin;
        this.maxGroups = maxGroups;
    }

    /**
     * Takes a sample.
     *
     * @throws KafkaException if Kafka does not respond, or Wadi is not authorized
     */
    ClusterSample sample() throws InterruptedException {
        List<Listed> all = new GroupsAdmin(admin).list();
        List<Listed> monitored = all.subList(0, Math.min(maxGroups, all.size()));
        Map<Boolean, List<Listed>> isShare =
                monitored.stream().collect(Collectors.partitioningBy(each -> is(each, GroupType.SHARE)));
        List<GroupSample> groups = new ArrayList<>(groups(isShare.get(false)));
        Map<String, Integer> topics = topics();
        // Read after the committed offsets, so that these are not beyond the end offsets.
        AdminRequests.Offsets ends = ends(topics);
        groups.addAll(shareGroups(isShare.get(true), ends.known()));
        groups.sort(Comparator.comparing(GroupSample::group));
        Map<TopicPartition, String> endProblems = new HashMap<>();
        ends.failures().forEach((partition, failure) -> endProblems.put(partition, problem(failure)));
        Set<TopicPartition> emptied = emptied(groups, topics, ends.known());
        previousEnds = ends.known();
        return new ClusterSample(
                System.currentTimeMillis(),
                groups,
                all.size() - monitored.size(),
                topics,
                ends.known(),
                endProblems,
                emptied);
    }

    /**
     * Returns the partitions with deleted records only, of those that a group reads without a committed offset, and of
     * those with an unchanged end that a group has not read to.
     */
    private Set<TopicPartition> emptied(
            List<GroupSample> groups, Map<String, Integer> topics, Map<TopicPartition, Long> ends)
            throws InterruptedException {
        Set<TopicPartition> unread = groups.stream()
                .flatMap(each -> Stream.concat(
                        each.uncommitted(topics).filter(partition -> ends.getOrDefault(partition, 0L) > 0),
                        each.behind(ends)
                                .filter(partition -> ends.get(partition).equals(previousEnds.get(partition)))))
                .collect(Collectors.toSet());
        if (unread.isEmpty()) {
            return Set.of();
        }
        Map<TopicPartition, Long> begins =
                AdminRequests.tryOffsets(admin, unread, OffsetSpec.earliest()).known();
        return unread.stream()
                .filter(each -> begins.getOrDefault(each, 0L) >= ends.get(each))
                .collect(Collectors.toSet());
    }

    private List<GroupSample> groups(List<Listed> listed) throws InterruptedException {
        Map<String, KafkaFuture<GroupMembers>> described =
                new HashMap<>(describe(names(listed, each -> !is(each, GroupType.STREAMS))));
        admin.describeStreamsGroups(names(listed, each -> is(each, GroupType.STREAMS)))
                .describedGroups()
                .forEach((group, description) -> described.put(group, description.thenApply(GroupMembers::of)));
        ListConsumerGroupOffsetsResult offsets = admin.listConsumerGroupOffsets(names(listed, each -> true).stream()
                .collect(Collectors.toMap(Function.identity(), name -> new ListConsumerGroupOffsetsSpec())));
        List<GroupSample> groups = new ArrayList<>();
        for (Listed each : listed) {
            groups.add(group(
                    each,
                    described.get(each.group()),
                    offsets.partitionsToOffsetAndMetadata(each.group()).thenApply(AdminRequests::offsets)));
        }
        return groups;
    }

    private List<GroupSample> shareGroups(List<Listed> listed, Map<TopicPartition, Long> ends)
            throws InterruptedException {
        List<String> names = names(listed, each -> true);
        Map<String, KafkaFuture<ShareGroupDescription>> described =
                admin.describeShareGroups(names).describedGroups();
        ListShareGroupOffsetsResult offsets = admin.listShareGroupOffsets(
                names.stream().collect(Collectors.toMap(Function.identity(), name -> new ListShareGroupOffsetsSpec())));
        List<GroupSample> groups = new ArrayList<>();
        for (Listed each : listed) {
            groups.add(group(
                    each,
                    described.get(each.group()).thenApply(GroupMembers::of),
                    offsets.partitionsToOffsetInfo(each.group()).thenApply(found -> acknowledged(found, ends))));
        }
        return groups;
    }

    /**
     * Returns the offsets that result in the lags that the brokers have counted. These lags do not include records that
     * are acknowledged although earlier records are not.
     */
    private static Map<TopicPartition, Long> acknowledged(
            Map<TopicPartition, SharePartitionOffsetInfo> found, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> acknowledged = new HashMap<>();
        found.forEach((partition, share) -> {
            if (share != null && share.startOffset() >= 0) {
                Long end = ends.get(partition);
                acknowledged.put(
                        partition,
                        end == null || share.lag().isEmpty()
                                ? share.startOffset()
                                : Math.max(
                                        share.startOffset(), end - share.lag().get()));
            }
        });
        return acknowledged;
    }

    private static List<String> names(List<Listed> listed, Predicate<Listed> which) {
        return listed.stream().filter(which).map(Listed::group).toList();
    }

    private static boolean is(Listed listed, GroupType type) {
        return listed.type().equals(type.toString());
    }

    /**
     * Describes consumer groups in one call. If one group has assignments in another format, the description of all
     * groups of its broker fails. These groups are then described one by one, and the failing group is described
     * separately from then on.
     */
    private Map<String, KafkaFuture<GroupMembers>> describe(List<String> names) throws InterruptedException {
        separate.retainAll(names);
        Map<String, KafkaFuture<GroupMembers>> described = new HashMap<>();
        admin.describeConsumerGroups(
                        names.stream().filter(each -> !separate.contains(each)).toList())
                .describedGroups()
                .forEach((group, description) -> described.put(group, description.thenApply(GroupMembers::of)));
        Map<String, KafkaFuture<GroupMembers>> again = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<GroupMembers>> each : described.entrySet()) {
            if (failedToParse(each.getValue())) {
                again.put(each.getKey(), describe(each.getKey()));
            }
        }
        for (Map.Entry<String, KafkaFuture<GroupMembers>> each : again.entrySet()) {
            if (failedToParse(each.getValue())) {
                separate.add(each.getKey());
            }
        }
        described.putAll(again);
        separate.forEach(each -> described.computeIfAbsent(each, this::describe));
        return described;
    }

    private KafkaFuture<GroupMembers> describe(String name) {
        return admin.describeConsumerGroups(List.of(name))
                .describedGroups()
                .get(name)
                .thenApply(GroupMembers::of);
    }

    private static boolean failedToParse(KafkaFuture<?> response) throws InterruptedException {
        try {
            get(response);
            return false;
        } catch (KafkaException e) {
            return !(e instanceof ApiException);
        }
    }

    private static GroupSample group(
            Listed listed, KafkaFuture<GroupMembers> described, KafkaFuture<Map<TopicPartition, Long>> offsets)
            throws InterruptedException {
        String state = listed.state();
        String problem = "";
        int members = -1;
        Map<TopicPartition, Owner> owners = Map.of();
        Map<TopicPartition, Long> committed = null;
        try {
            GroupMembers group = get(described);
            state = group.state().toString();
            members = group.members().size();
            owners = owners(group);
        } catch (KafkaException e) {
            problem = "members unknown: " + Causes.inShort(e);
        }
        try {
            committed = get(offsets);
        } catch (KafkaException e) {
            problem = "offsets unknown: " + Causes.inShort(e);
        }
        return new GroupSample(listed.group(), listed.type(), state, members, owners, committed, problem);
    }

    private static Map<TopicPartition, Owner> owners(GroupMembers group) {
        Map<TopicPartition, Owner> owners = new HashMap<>();
        for (GroupMembers.Member member : group.members()) {
            Owner owner = new Owner(member.clientId(), member.host());
            member.partitions().forEach(each -> owners.put(each, owner));
        }
        return owners;
    }

    /** Returns the numbers of partitions by topic, without topics that are deleted during the request. */
    private Map<String, Integer> topics() throws InterruptedException {
        Map<String, Integer> topics = new HashMap<>();
        var names =
                get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each :
                admin.describeTopics(names).topicNameValues().entrySet()) {
            try {
                topics.put(each.getKey(), get(each.getValue()).partitions().size());
            } catch (InvalidTopicException | UnknownTopicOrPartitionException | AuthorizationException e) {
                // The topic is omitted.
            }
        }
        return topics;
    }

    private AdminRequests.Offsets ends(Map<String, Integer> topics) throws InterruptedException {
        List<TopicPartition> partitions = new ArrayList<>();
        topics.forEach((topic, count) ->
                IntStream.range(0, count).forEach(each -> partitions.add(new TopicPartition(topic, each))));
        return AdminRequests.tryOffsets(admin, partitions, OffsetSpec.latest());
    }

    private static String problem(KafkaException failure) {
        return failure instanceof LeaderNotAvailableException ? failure.getMessage() : Causes.inShort(failure);
    }
}
