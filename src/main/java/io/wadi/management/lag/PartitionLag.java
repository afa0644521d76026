package io.wadi.management.lag;

import io.wadi.management.lag.EndHistory.Age;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * The lag of a group in a partition.
 *
 * @param status never {@link LagStatus#ERR} or {@link LagStatus#NOTFOUND}
 * @param committed the committed offset
 * @param end the end offset; -1 if unknown, in which case the lag is 0
 * @param lag the difference in offsets; 0 if the committed offset is beyond the end offset, or if it is known that none
 *     of these offsets has a record
 * @param lagMs the age of the first record after the committed offset in milliseconds; 0 without lag
 * @param lagMsExact false if the age is a lower bound
 * @param commits the last commits, at most {@link CommitHistory#WINDOW}
 * @param clientId the client id of the assigned member; empty without a member
 * @param host the host of that member
 * @param note a description of an inconsistency; empty if there is none
 */
public record PartitionLag(
        TopicPartition partition,
        LagStatus status,
        long committed,
        long end,
        long lag,
        long lagMs,
        boolean lagMsExact,
        List<Commit> commits,
        String clientId,
        String host,
        String note) {

    /** Returns the share of the window of commits that is filled, from 0 to 1. */
    public double complete() {
        return (double) commits.size() / CommitHistory.WINDOW;
    }

    /** Returns whether the lag is known, which requires the end offset. */
    boolean isLagKnown() {
        return end >= 0;
    }

    PartitionLag with(Age age) {
        return new PartitionLag(
                partition, status, committed, end, lag, age.ms(), age.exact(), commits, clientId, host, note);
    }

    /** Returns this lag as 0, since there are no records from the committed offset to the end. */
    PartitionLag withoutRecords() {
        return new PartitionLag(partition, LagStatus.OK, committed, end, 0, 0, true, commits, clientId, host, note);
    }

    private static String note(long committed, Long end, String endProblem) {
        if (end == null) {
            return "end offset unknown: " + endProblem;
        }
        return committed > end
                ? "committed offset %d is beyond the end offset %d: the topic was recreated or has lost records"
                        .formatted(committed, end)
                : "";
    }

    /**
     * Creates the lag of a partition.
     *
     * @param end the end offset; null if unknown
     * @param endProblem why the end offset is unknown
     */
    static PartitionLag of(
            TopicPartition partition,
            LagStatus status,
            long committed,
            Long end,
            String endProblem,
            Age age,
            List<Commit> commits,
            GroupSample.Owner owner) {
        return new PartitionLag(
                partition,
                status,
                committed,
                end == null ? -1 : end,
                end == null ? 0 : Math.max(0, end - committed),
                age.ms(),
                age.exact(),
                commits,
                owner.clientId(),
                owner.host(),
                note(committed, end, endProblem));
    }
}
