package io.wadi.management.lag;

import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * The state of a group at one time.
 *
 * @param type the protocol of its members: {@code Classic}, {@code Consumer} (KIP-848), {@code Share} (KIP-932) or
 *     {@code Streams} (KIP-1071)
 * @param state Kafka's state, such as {@code Stable} or {@code Empty}
 * @param members the number of members; -1 if unknown
 * @param owners the member that each partition is assigned to; for a share group, one of the members that share it
 * @param committed the committed offsets; for a share group, the offsets that result in the lag that Kafka has counted;
 *     null if unknown
 * @param problem what is unknown, and why; empty without a problem
 */
record GroupSample(
        String group,
        String type,
        String state,
        int members,
        Map<TopicPartition, Owner> owners,
        Map<TopicPartition, Long> committed,
        String problem) {

    /**
     * Returns the partitions without a committed offset that are assigned to the group. If the group has no members,
     * these are partitions of the topics for which it has committed offsets. Empty if its offsets are unknown.
     *
     * @param topics the number of partitions of each topic
     */
    Stream<TopicPartition> uncommitted(Map<String, Integer> topics) {
        if (committed == null) {
            return Stream.empty();
        }
        Stream<TopicPartition> read = members == 0
                ? committed.keySet().stream()
                        .map(TopicPartition::topic)
                        .distinct()
                        .flatMap(topic -> IntStream.range(0, topics.getOrDefault(topic, 0))
                                .mapToObj(partition -> new TopicPartition(topic, partition)))
                : owners.keySet().stream();
        return read.filter(each -> !committed.containsKey(each));
    }

    /** Returns the partitions with a committed offset before the end offset. */
    Stream<TopicPartition> behind(Map<TopicPartition, Long> ends) {
        return committed == null
                ? Stream.empty()
                : committed.entrySet().stream()
                        .filter(each -> each.getValue() < ends.getOrDefault(each.getKey(), 0L))
                        .map(Map.Entry::getKey);
    }

    /** The member that a partition is assigned to. */
    record Owner(String clientId, String host) {
        static final Owner NONE = new Owner("", "");
    }
}
