package io.wadi.extension.mirror;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The state of a mirror at a time.
 *
 * @param timeMs the time in milliseconds since the epoch
 */
public record MirrorReport(long timeMs, List<FlowState> flows) {
    /**
     * The state of a flow.
     *
     * @param partitions the copied partitions, by topic; empty if a cluster does not respond
     * @param heartbeatAgeMs the age of the last heartbeat that arrived at the target, in ms; null for none
     * @param problems the problems with their remedies
     */
    public record FlowState(
            ReplicationFlow flow, List<PartitionState> partitions, Long heartbeatAgeMs, List<String> problems) {
        public long lag() {
            return partitions.stream().mapToLong(PartitionState::lag).sum();
        }

        /** Returns the age of the first record not yet copied, in ms; 0 if all are copied. */
        public long lagMs() {
            return partitions.stream()
                    .map(PartitionState::lagMs)
                    .mapToLong(ms -> ms == null ? 0 : ms)
                    .max()
                    .orElse(0);
        }

        /** Returns the states of the topics, each with its partitions. */
        SortedMap<String, FlowState> byTopic() {
            return partitions.stream()
                    .collect(Collectors.groupingBy(
                            PartitionState::topic,
                            TreeMap::new,
                            Collectors.collectingAndThen(
                                    Collectors.toList(),
                                    ofTopic -> new FlowState(flow, ofTopic, heartbeatAgeMs, problems))));
        }
    }

    /**
     * The state of a partition of the source.
     *
     * @param topic the name at the source
     * @param position the first offset not yet copied, from Kafka Connect's offsets at the target
     * @param end the end offset at the source
     * @param lag number of offsets not yet copied; 0 if they contain no record
     * @param lagMs the age of the first record not yet copied, in ms, by its timestamp; null if unknown
     */
    public record PartitionState(String topic, int partition, long position, long end, long lag, Long lagMs) {}
}
