package io.wadi.testing;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Describes and changes consumer groups of the test run's Kafka independently of the pipeline. */
public final class GroupProbe {
    private GroupProbe() {}

    /** Sets the committed offset of a group without members. */
    public static void commit(String group, TopicPartition partition, long offset)
            throws ExecutionException, InterruptedException {
        commit(group, partition, new OffsetAndMetadata(offset));
    }

    /** Sets the committed offset and metadata of a group without members. */
    public static void commit(String group, TopicPartition partition, OffsetAndMetadata committed)
            throws ExecutionException, InterruptedException {
        SharedAdmin.CLIENT
                .alterConsumerGroupOffsets(group, Map.of(partition, committed))
                .all()
                .get();
    }

    /** Returns whether a group has committed at least these offsets. */
    public static boolean hasRead(String group, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = committed(group);
        OffsetAndMetadata nothing = new OffsetAndMetadata(0);
        return ends.entrySet().stream()
                .allMatch(end -> committed.getOrDefault(end.getKey(), nothing).offset() >= end.getValue());
    }

    /** Returns the sum of a group's committed offsets: the number of records it has read, if it began at offset 0. */
    public static long committedRecords(String group) throws ExecutionException, InterruptedException {
        return committed(group).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    /** Returns whether a group is stable with this number of members, each of which has at least one partition. */
    public static boolean isShared(String group, int members) throws ExecutionException, InterruptedException {
        Collection<MemberDescription> found = members(SharedAdmin.CLIENT, group);
        return found.size() == members
                && found.stream()
                        .noneMatch(
                                member -> member.assignment().topicPartitions().isEmpty());
    }

    /** Returns the committed offsets of a group. */
    public static Map<TopicPartition, OffsetAndMetadata> committed(String group)
            throws ExecutionException, InterruptedException {
        return SharedAdmin.CLIENT
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    /** Returns the ids of a group's members; a member that leaves and joins again has a new id. */
    public static Set<String> members(String group) throws ExecutionException, InterruptedException {
        return ids(members(SharedAdmin.CLIENT, group));
    }

    /** Returns the ids of the members of a group in another Kafka. */
    public static Set<String> members(String brokers, String group) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            return ids(members(admin, group));
        }
    }

    private static Set<String> ids(Collection<MemberDescription> members) {
        return members.stream().map(MemberDescription::consumerId).collect(Collectors.toSet());
    }

    /** Sets the session timeouts of a KIP-848 group to those that {@link RouteProcess} sets for classic groups. */
    public static void shortSessions(String group) throws ExecutionException, InterruptedException {
        configure(group, Map.of("consumer.session.timeout.ms", "1500", "consumer.heartbeat.interval.ms", "300"));
    }

    /** Changes settings of a group. */
    public static void configure(String group, Map<String, String> settings)
            throws ExecutionException, InterruptedException {
        SharedAdmin.configure(ConfigResource.Type.GROUP, group, settings, AlterConfigOp.OpType.SET);
    }

    /** Returns the rebalance protocol of a group. */
    public static GroupType type(String group) throws ExecutionException, InterruptedException {
        return SharedAdmin.CLIENT
                .describeConsumerGroups(List.of(group))
                .describedGroups()
                .get(group)
                .get()
                .type();
    }

    /** Returns the members of a group with their assignments; none if the group does not exist. */
    public static Collection<MemberDescription> assignedMembers(String group)
            throws ExecutionException, InterruptedException {
        return members(SharedAdmin.CLIENT, group);
    }

    /** Returns the members of a group in another Kafka; none if the group does not exist. */
    public static Collection<MemberDescription> members(Admin admin, String group)
            throws ExecutionException, InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group)
                    .get()
                    .members();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw e;
        }
    }
}
