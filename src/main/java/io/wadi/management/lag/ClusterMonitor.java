package io.wadi.management.lag;

import io.wadi.kafka.Causes;
import io.wadi.management.lag.GroupSample.Owner;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks at all groups of the cluster and at the ends of all partitions, in five requests to each broker, whatever their number.
 * It takes no longer than the client's API timeout for each; what concerns one group or partition does not keep it from the
 * others.
 */
final class ClusterMonitor {
    private final Admin admin;
    private final int mostGroups;
    private final Clock clock;
    private final Set<String> alone = new HashSet<>();

    /** Takes the client, which stays the caller's, and how many groups are looked at: the first by name. */
    ClusterMonitor(Admin admin, int mostGroups, Clock clock) {
        this.admin = admin;
        this.mostGroups = mostGroups;
        this.clock = clock;
    }

    /**
     * Looks.
     *
     * @throws ExecutionException where Kafka does not answer, or does not let Wadi ask
     */
    ClusterSample take() throws ExecutionException, InterruptedException {
        List<ConsumerGroupListing> all = admin.listConsumerGroups().all().get().stream()
                .sorted(Comparator.comparing(ConsumerGroupListing::groupId))
                .toList();
        List<ConsumerGroupListing> watched = all.subList(0, Math.min(mostGroups, all.size()));
        List<GroupSample> groups = groups(watched);
        Map<String, Integer> topics = topics();
        // After the offsets: an end that was found before them would be behind those who keep up.
        Map<TopicPartition, Long> ends = ends(topics);
        return new ClusterSample(clock.millis(), groups, all.size() - watched.size(), topics, ends);
    }

    private List<GroupSample> groups(List<ConsumerGroupListing> listed) throws InterruptedException {
        List<String> names = listed.stream().map(ConsumerGroupListing::groupId).toList();
        Map<String, KafkaFuture<ConsumerGroupDescription>> described = describe(names);
        ListConsumerGroupOffsetsResult offsets = admin.listConsumerGroupOffsets(names.stream()
                .collect(Collectors.toMap(Function.identity(), name -> new ListConsumerGroupOffsetsSpec())));
        List<GroupSample> groups = new ArrayList<>();
        for (ConsumerGroupListing each : listed) {
            groups.add(group(each, described.get(each.groupId()), offsets));
        }
        return groups;
    }

    /**
     * Groups are asked for together. One whose members' assignments are not a consumer's spoils the answer for all others of its
     * broker: those are asked for once more one by one, and what spoils it is asked for alone from then on.
     */
    private Map<String, KafkaFuture<ConsumerGroupDescription>> describe(List<String> names)
            throws InterruptedException {
        alone.retainAll(names);
        Map<String, KafkaFuture<ConsumerGroupDescription>> described = new HashMap<>(admin.describeConsumerGroups(
                        names.stream().filter(each -> !alone.contains(each)).toList())
                .describedGroups());
        Map<String, KafkaFuture<ConsumerGroupDescription>> again = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<ConsumerGroupDescription>> each : described.entrySet()) {
            if (isSpoilt(each.getValue())) {
                again.put(each.getKey(), describe(each.getKey()));
            }
        }
        for (Map.Entry<String, KafkaFuture<ConsumerGroupDescription>> each : again.entrySet()) {
            if (isSpoilt(each.getValue())) {
                alone.add(each.getKey());
            }
        }
        described.putAll(again);
        alone.forEach(each -> described.computeIfAbsent(each, this::describe));
        return described;
    }

    private KafkaFuture<ConsumerGroupDescription> describe(String name) {
        return admin.describeConsumerGroups(List.of(name)).describedGroups().get(name);
    }

    private static boolean isSpoilt(KafkaFuture<?> answer) throws InterruptedException {
        try {
            answer.get();
            return false;
        } catch (ExecutionException e) {
            return !(e.getCause() instanceof ApiException);
        }
    }

    private static GroupSample group(
            ConsumerGroupListing listed,
            KafkaFuture<ConsumerGroupDescription> described,
            ListConsumerGroupOffsetsResult offsets)
            throws InterruptedException {
        String state = listed.state().map(ConsumerGroupState::toString).orElse("Unknown");
        String problem = "";
        int members = -1;
        Map<TopicPartition, Owner> owners = Map.of();
        Map<TopicPartition, Long> committed = null;
        try {
            ConsumerGroupDescription group = described.get();
            state = group.state().toString();
            members = group.members().size();
            owners = owners(group);
        } catch (ExecutionException e) {
            problem = "its members are not known: " + Causes.inShort(e);
        }
        try {
            committed = committed(
                    offsets.partitionsToOffsetAndMetadata(listed.groupId()).get());
        } catch (ExecutionException e) {
            problem = "its offsets are not known: " + Causes.inShort(e);
        }
        return new GroupSample(listed.groupId(), state, members, owners, committed, problem);
    }

    private static Map<TopicPartition, Owner> owners(ConsumerGroupDescription group) {
        Map<TopicPartition, Owner> owners = new HashMap<>();
        for (MemberDescription member : group.members()) {
            Owner owner = new Owner(member.clientId(), member.host());
            member.assignment().topicPartitions().forEach(each -> owners.put(each, owner));
        }
        return owners;
    }

    private static Map<TopicPartition, Long> committed(Map<TopicPartition, OffsetAndMetadata> found) {
        Map<TopicPartition, Long> committed = new HashMap<>();
        found.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, offset.offset());
            }
        });
        return committed;
    }

    /** A topic that goes away meanwhile is left out. */
    private Map<String, Integer> topics() throws ExecutionException, InterruptedException {
        Map<String, Integer> topics = new HashMap<>();
        var names = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each :
                admin.describeTopics(names).topicNameValues().entrySet()) {
            try {
                topics.put(each.getKey(), each.getValue().get().partitions().size());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof InvalidTopicException
                        || e.getCause() instanceof UnknownTopicOrPartitionException
                        || e.getCause() instanceof AuthorizationException)) {
                    throw e;
                }
            }
        }
        return topics;
    }

    private Map<TopicPartition, Long> ends(Map<String, Integer> topics) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        topics.forEach((topic, partitions) -> IntStream.range(0, partitions)
                .forEach(each -> asked.put(new TopicPartition(topic, each), OffsetSpec.latest())));
        ListOffsetsResult found = admin.listOffsets(asked);
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition each : asked.keySet()) {
            try {
                ends.put(each, found.partitionResult(each).get().offset());
            } catch (ExecutionException noLeader) {
                // its lag is not known at this look
            }
        }
        return ends;
    }
}
