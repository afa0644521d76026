package io.wadi.kafka.groups;

import io.wadi.kafka.records.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The description and committed offsets of a consumer group.
 *
 * @param type the protocol of its members: {@code Classic}, {@code Consumer} (KIP-848), {@code Share} (KIP-932) or
 *     {@code Streams} (KIP-1071)
 * @param state Kafka's name of the state, such as {@code Stable} or {@code Empty}
 * @param positions the committed offsets, by topic and partition; for a share group its start offsets, before which all
 *     records are acknowledged
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
     * @param end the end offset; null in the same cases
     * @param lag the number of offsets from the committed one to the end; 0 if reading has shown that none of them is a
     *     record; for a share group without acknowledged offsets; null in the same cases
     * @param clientId the client id of the assigned member, or of all members that share the partition; null if there
     *     is none
     */
    public record Position(
            String topic, int partition, long committed, String note, Long begin, Long end, Long lag, String clientId) {

        private TopicPartition topicPartition() {
            return new TopicPartition(topic, partition);
        }

        private boolean hasLag() {
            return lag != null && lag > 0;
        }

        /** Returns whether there are offsets from the committed one to the end, and none of them is a record. */
        public boolean isLagEmpty() {
            return lag != null && lag == 0 && committed < end;
        }

        private Position withoutLag() {
            return new Position(topic, partition, committed, note, begin, end, 0L, clientId);
        }
    }

    /**
     * Returns this snapshot with a lag of 0 where the lag consists only of transaction markers, aborted records or
     * compacted offsets, as far as the reader can determine this in time.
     */
    public GroupSnapshot withoutEmptyLag(TopicReader reader, Duration within) {
        Map<TopicPartition, Long> from = new HashMap<>();
        Map<TopicPartition, Long> until = new HashMap<>();
        positions.stream().filter(Position::hasLag).forEach(each -> {
            from.put(each.topicPartition(), each.committed());
            until.put(each.topicPartition(), each.end());
        });
        if (from.isEmpty()) {
            return this;
        }
        var firsts = reader.firsts(from, until, within);
        return new GroupSnapshot(
                group,
                type,
                state,
                coordinator,
                members,
                positions.stream()
                        .map(each ->
                                firsts.containsKey(each.topicPartition()) && firsts.get(each.topicPartition()) == null
                                        ? each.withoutLag()
                                        : each)
                        .toList());
    }
}
