package io.wadi.kafka.groups;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.groups.GroupSnapshot.Member;
import io.wadi.kafka.groups.GroupSnapshot.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * An admin client for consumer groups. All methods throw {@link KafkaException} if Kafka does not respond within the
 * client's timeouts, and {@link IllegalArgumentException} if a name is not that of a consumer group.
 */
public final class GroupsAdmin {
    /** The protocol types of classic groups of consumers; empty for groups that no member has joined. */
    private static final Set<String> CONSUMERS = Set.of("consumer", "");

    private final Admin admin;

    /**
     * Creates an instance.
     *
     * @param admin the client, which the caller closes
     */
    public GroupsAdmin(Admin admin) {
        this.admin = admin;
    }

    /**
     * A group.
     *
     * @param type {@code Classic}, {@code Consumer} (KIP-848), {@code Share} (KIP-932) or {@code Streams} (KIP-1071)
     * @param state Kafka's name of the state
     */
    public record Listed(String group, String type, String state) {}

    /** Lists the groups of consumers by name, without groups of other protocols, such as those of Connect's workers. */
    public List<Listed> list() throws InterruptedException {
        return get(admin.listGroups().all()).stream()
                .filter(each -> !type(each).equals(GroupType.CLASSIC.toString()) || CONSUMERS.contains(each.protocol()))
                .map(each -> new Listed(each.groupId(), type(each), state(each)))
                .sorted(Comparator.comparing(Listed::group))
                .toList();
    }

    private static String type(GroupListing listed) {
        return listed.type().orElse(GroupType.UNKNOWN).toString();
    }

    private static String state(GroupListing listed) {
        return listed.groupState().orElse(GroupState.UNKNOWN).toString();
    }

    public GroupSnapshot describe(String name) throws InterruptedException {
        Optional<GroupSnapshot> found = find(name);
        if (found.isPresent()) {
            return found.get();
        }
        for (Listed each : list()) {
            if (each.group().equals(name)) {
                throw new IllegalArgumentException(
                        "\"%s\" is a group of type %s: expected Classic, Consumer, Share or Streams"
                                .formatted(name, each.type()));
            }
        }
        throw new IllegalArgumentException("There is no group \"" + name + "\".");
    }

    /** Describes a group; a nonexistent one has no members and no committed offsets. */
    public GroupSnapshot describeOrNew(String name) throws InterruptedException {
        return find(name)
                .orElseGet(() -> new GroupSnapshot(
                        name, GroupType.UNKNOWN.toString(), GroupState.DEAD.toString(), "none", List.of(), List.of()));
    }

    private Optional<GroupSnapshot> find(String name) throws InterruptedException {
        Optional<GroupMembers> found = members(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        GroupMembers group = found.get();
        Map<TopicPartition, Committed> committed =
                group.type() == GroupType.SHARE ? startOffsets(name) : committedOffsets(name);
        if (group.state() == GroupState.DEAD && committed.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new GroupSnapshot(
                name,
                group.type().toString(),
                group.state().toString(),
                group.coordinator(),
                group.members().stream().map(GroupsAdmin::member).toList(),
                positions(group, committed)));
    }

    /**
     * The offset of a group in a partition.
     *
     * @param lag the lag that Kafka has returned; null if it must be computed from the end offset
     */
    private record Committed(long offset, String note, Long lag) {}

    /** Reads the committed offsets of a group of consumers or of Kafka Streams. */
    private Map<TopicPartition, Committed> committedOffsets(String name) throws InterruptedException {
        Map<TopicPartition, Committed> committed = new HashMap<>();
        get(admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition, new Committed(offset.offset(), offset.metadata(), null));
                    }
                });
        return committed;
    }

    private Map<TopicPartition, Committed> startOffsets(String name) throws InterruptedException {
        Map<TopicPartition, Committed> starts = new HashMap<>();
        get(admin.listShareGroupOffsets(Map.of(name, new ListShareGroupOffsetsSpec()))
                        .partitionsToOffsetInfo(name))
                .forEach((partition, start) -> {
                    if (start != null && start.startOffset() >= 0) {
                        starts.put(
                                partition,
                                new Committed(
                                        start.startOffset(), "", start.lag().orElse(null)));
                    }
                });
        return starts;
    }

    private Optional<GroupMembers> members(String name) throws InterruptedException {
        List<String> names = List.of(name);
        Optional<GroupMembers> found =
                members(name, admin.describeConsumerGroups(names).describedGroups(), GroupMembers::of);
        if (found.isEmpty()) {
            found = members(name, admin.describeStreamsGroups(names).describedGroups(), GroupMembers::of);
        }
        return found.isPresent()
                ? found
                : members(name, admin.describeShareGroups(names).describedGroups(), GroupMembers::of);
    }

    /** Returns the members; empty if there is no such group of this type, or the broker does not support the type. */
    private static <T> Optional<GroupMembers> members(
            String name, Map<String, KafkaFuture<T>> described, Function<T, GroupMembers> members)
            throws InterruptedException {
        try {
            return Optional.of(described.get(name).thenApply(members::apply).get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException
                    || e.getCause() instanceof UnsupportedVersionException) {
                return Optional.empty();
            }
            if (e.getCause() instanceof ApiException) {
                throw new KafkaException("Failed to describe the group", e.getCause());
            }
            throw new IllegalArgumentException(
                    "\"%s\" is not a group of Kafka consumers: %s"
                            .formatted(name, e.getCause().getMessage()),
                    e);
        }
    }

    private static Member member(GroupMembers.Member member) {
        return new Member(
                member.id(),
                member.clientId(),
                member.host(),
                member.partitions().stream()
                        .map(TopicPartition::toString)
                        .sorted()
                        .toList());
    }

    private List<Position> positions(GroupMembers group, Map<TopicPartition, Committed> committed)
            throws InterruptedException {
        Map<TopicPartition, String> owners = new HashMap<>();
        group.members()
                .forEach(member -> member.partitions()
                        .forEach(each -> owners.merge(each, member.clientId(), (one, other) -> one + ", " + other)));
        Set<TopicPartition> partitions = new HashSet<>(committed.keySet());
        partitions.retainAll(existing(partitions));
        Map<TopicPartition, Long> begins = offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
        List<Position> positions = new ArrayList<>();
        committed.forEach((partition, offset) -> {
            Long end = ends.get(partition);
            positions.add(new Position(
                    partition.topic(),
                    partition.partition(),
                    offset.offset(),
                    offset.note(),
                    begins.get(partition),
                    end,
                    end == null ? null : lag(offset, end),
                    owners.get(partition)));
        });
        positions.sort(Comparator.comparing(Position::topic).thenComparing(Position::partition));
        return positions;
    }

    private static Long lag(Committed committed, long end) {
        return committed.lag() == null ? (Long) Math.max(0, end - committed.offset()) : committed.lag();
    }

    /** Returns all partitions of those topics that exist. For others, Kafka's client would retry until its timeout. */
    Set<TopicPartition> existing(Collection<TopicPartition> partitions) throws InterruptedException {
        Set<String> topics = new HashSet<>(
                get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names()));
        topics.retainAll(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
        return AdminRequests.existingPartitions(admin, topics);
    }

    /** Returns all partitions of a topic, or throws {@link IllegalArgumentException} if it does not exist. */
    Set<TopicPartition> partitions(String topic) throws InterruptedException {
        Set<TopicPartition> found = existing(Set.of(new TopicPartition(topic, 0)));
        if (found.isEmpty()) {
            throw new IllegalArgumentException("There is no topic \"" + topic + "\".");
        }
        return found;
    }

    /** Returns the offsets of existing partitions that have a leader; -1 for a time after the last record. */
    Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException {
        return AdminRequests.knownOffsets(admin, partitions, spec);
    }

    /**
     * Sets the committed offsets of a group without members; for a share group, its start offsets.
     *
     * @param type as in {@link GroupSnapshot}
     */
    void commit(String group, String type, Map<TopicPartition, Long> offsets) throws InterruptedException {
        if (type.equals(GroupType.SHARE.toString())) {
            get(admin.alterShareGroupOffsets(group, offsets).all());
            return;
        }
        get(admin.alterConsumerGroupOffsets(
                        group,
                        offsets.entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey, each -> new OffsetAndMetadata(each.getValue()))))
                .all());
    }
}
