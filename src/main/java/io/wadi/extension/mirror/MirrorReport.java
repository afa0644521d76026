package io.wadi.extension.mirror;

import java.util.List;

/**
 * How far a mirror is, as of one look.
 *
 * @param timeMs when, in milliseconds since 1970
 * @param flows by name
 */
public record MirrorReport(long timeMs, List<FlowState> flows) {
    /**
     * One flow.
     *
     * @param partitions those that are copied, by topic
     * @param heartbeatAgeMs how long ago the last heartbeat was sent that has come through, in ms; null where there was none
     * @param problems what is wrong and what is to be done, in sentences; where a cluster does not answer nothing else is known
     */
    public record FlowState(
            ReplicationFlow flow, List<PartitionState> partitions, Long heartbeatAgeMs, List<String> problems) {
        public FlowState {
            partitions = List.copyOf(partitions);
            problems = List.copyOf(problems);
        }

        /** How many records of the source are not copied. */
        public long lag() {
            return partitions.stream().mapToLong(PartitionState::lag).sum();
        }

        /** How long the first record waits that is not copied, in ms; 0 where none does. */
        public long lagMs() {
            return partitions.stream()
                    .map(PartitionState::lagMs)
                    .mapToLong(ms -> ms == null ? 0 : ms)
                    .max()
                    .orElse(0);
        }
    }

    /**
     * One partition of the source.
     *
     * @param topic its name at the source
     * @param position the first offset that is not copied, as Kafka Connect has it at the target
     * @param end the offset after the last record of the source
     * @param lag how many offsets of the source are not copied; 0 where no record stands in them
     * @param lagMs the age of the first record that is not copied, in ms, by its own time; null where it was not read
     */
    public record PartitionState(String topic, int partition, long position, long end, long lag, Long lagMs) {}

    public MirrorReport {
        flows = List.copyOf(flows);
    }
}
