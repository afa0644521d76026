package io.wadi.kafka.groups;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupMemberAssignment.TaskIds;
import org.apache.kafka.clients.admin.StreamsGroupMemberDescription;
import org.apache.kafka.clients.admin.StreamsGroupSubtopologyDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/**
 * The state and members of a group: of consumers, of Kafka Streams (KIP-1071), or a share group (KIP-932).
 *
 * @param coordinator the broker that coordinates the group
 */
public record GroupMembers(GroupType type, GroupState state, String coordinator, List<Member> members) {

    /**
     * A member.
     *
     * @param partitions the assigned partitions; for Kafka Streams, those that the member's active tasks read. Members
     *     of a share group may have the same partitions
     */
    public record Member(String id, String clientId, String host, Set<TopicPartition> partitions) {}

    public static GroupMembers of(ConsumerGroupDescription group) {
        Stream<Member> members = group.members().stream()
                .map(each -> new Member(
                        each.consumerId(),
                        each.clientId(),
                        each.host(),
                        each.assignment().topicPartitions()));
        return of(group.type(), group.groupState(), group.coordinator(), members);
    }

    public static GroupMembers of(ShareGroupDescription group) {
        Stream<Member> members = group.members().stream()
                .map(each -> new Member(
                        each.consumerId(),
                        each.clientId(),
                        each.host(),
                        each.assignment().topicPartitions()));
        return of(GroupType.SHARE, group.groupState(), group.coordinator(), members);
    }

    public static GroupMembers of(StreamsGroupDescription group) {
        Map<String, StreamsGroupSubtopologyDescription> subtopologies = group.subtopologies().stream()
                .collect(Collectors.toMap(
                        StreamsGroupSubtopologyDescription::subtopologyId, Function.identity(), (one, other) -> one));
        Stream<Member> members = group.members().stream().map(each -> member(each, subtopologies));
        return of(GroupType.STREAMS, group.groupState(), group.coordinator(), members);
    }

    private static GroupMembers of(GroupType type, GroupState state, Node coordinator, Stream<Member> members) {
        return new GroupMembers(type, state, String.valueOf(coordinator), members.toList());
    }

    private static Member member(
            StreamsGroupMemberDescription member, Map<String, StreamsGroupSubtopologyDescription> subtopologies) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (TaskIds tasks : member.assignment().activeTasks()) {
            for (String topic : topics(subtopologies.get(tasks.subtopologyId()))) {
                tasks.partitions().forEach(each -> partitions.add(new TopicPartition(topic, each)));
            }
        }
        return new Member(member.memberId(), member.clientId(), member.clientHost(), partitions);
    }

    private static Collection<String> topics(StreamsGroupSubtopologyDescription subtopology) {
        return subtopology == null
                ? Set.of()
                : Stream.concat(
                                subtopology.sourceTopics().stream(),
                                subtopology.repartitionSourceTopics().keySet().stream())
                        .collect(Collectors.toSet());
    }
}
