package io.wadi.extension.mirror;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
     * @param partitions the copied partitions with known offsets, by topic; empty if a cluster does not respond
     * @param heartbeatAgeMs the age of the last heartbeat that arrived at the target, in ms; null for none
     * @param problems the problems with their remedies
     */
    public record FlowState(
            ReplicationFlow flow, List<PartitionState> partitions, Long heartbeatAgeMs, List<String> problems) {
        /** Returns whether the lag of a partition is known, or there are no partitions. */
        public boolean isLagKnown() {
            return !partitions.isEmpty() || problems.isEmpty();
        }

        public long lag() {
            return partitions.stream().mapToLong(PartitionState::lag).sum();
        }

        /**
         * Returns the highest known age of a partition's first record not yet copied, in ms; 0 if all records are
         * copied; null if no age is known.
         */
        public Long lagMs() {
            List<PartitionState> behind =
                    partitions.stream().filter(each -> each.lag() > 0).toList();
            return behind.isEmpty()
                    ? (Long) 0L
                    : behind.stream()
                            .map(PartitionState::lagMs)
                            .filter(Objects::nonNull)
                            .max(Long::compare)
                            .orElse(null);
        }

        /** Returns whether the last heartbeat or the first record not yet copied is older than these limits. */
        public boolean exceeds(Duration heartbeatTimeout, Duration maxLag) {
            boolean isOverdue = heartbeatAgeMs == null || heartbeatAgeMs > heartbeatTimeout.toMillis();
            Long lagMs = lagMs();
            return (flow.hasHeartbeats() && isOverdue) || (lagMs != null && lagMs > maxLag.toMillis());
        }

        /**
         * Returns whether the age of a partition is unknown, so that a record older than {@link #lagMs} may be waiting.
         */
        boolean hasUnknownAges() {
            return partitions.stream().anyMatch(each -> each.lagMs() == null);
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
     * @param lag the number of offsets not yet copied; 0 if they contain no record
     * @param lagMs the age of the first record not yet copied, in ms: by its timestamp, but at least the time since the
     *     monitor first saw it; null if this measurement was the first to see it and did not read its timestamp
     */
    public record PartitionState(String topic, int partition, long position, long end, long lag, Long lagMs) {}
}
