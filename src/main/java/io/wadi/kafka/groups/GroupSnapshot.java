package io.wadi.kafka.groups;

import java.util.List;

/**
 * The description and committed offsets of a consumer group.
 *
 * @param type the protocol of its members: {@code Classic}, or {@code Consumer} (KIP-848)
 * @param state Kafka's name of the state, such as {@code Stable} or {@code Empty}
 * @param positions the committed offsets, by topic and partition
 */
public record GroupSnapshot(
        String group, String type, String state, String coordinator, List<Member> members, List<Position> positions) {
    /**
     * A member of the group.
     *
     * @param partitions the assigned partitions, as {@code topic-partition}
     */
    public record Member(String id, String clientId, String host, List<String> partitions) {}

    /**
     * The committed offset of a partition.
     *
     * @param note the metadata of the commit
     * @param begin the first offset in Kafka; null if the partition does not exist or has no leader
     * @param end the end offset; null likewise
     * @param lag the offsets from the committed one to the end; null likewise
     * @param clientId the client id of the assigned member; null if there is none
     */
    public record Position(
            String topic,
            int partition,
            long committed,
            String note,
            Long begin,
            Long end,
            Long lag,
            String clientId) {}
}
