package io.wadi.kafka.groups;

import java.util.List;

/**
 * A group as it is now.
 *
 * @param state as Kafka names it, such as {@code Stable} or {@code Empty}
 * @param coordinator the broker that keeps it
 * @param members those in it
 * @param positions what it has committed, by topic and partition
 */
public record GroupSnapshot(
        String group, String state, String coordinator, List<Member> members, List<Position> positions) {
    /**
     * A member.
     *
     * @param id that the coordinator gave it
     * @param partitions it has, as {@code topic-partition}
     */
    public record Member(String id, String clientId, String host, List<String> partitions) {}

    /**
     * What a group has committed for a partition.
     *
     * @param committed everything before this offset is done
     * @param note what was committed beside it
     * @param begin the first offset that Kafka still has; null where the partition is not there or nobody answers for it
     * @param end the offset that the next record gets; null likewise
     * @param lag records from the committed one to the end; null likewise
     * @param clientId of the member that has it; null where none has
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
