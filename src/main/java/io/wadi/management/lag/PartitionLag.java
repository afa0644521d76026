package io.wadi.management.lag;

import io.wadi.management.lag.EndHistory.Age;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a group is behind in a partition.
 *
 * @param verdict what is to be said of it; never {@link LagStatus#ERR} or {@link LagStatus#NOTFOUND}
 * @param committed everything before this offset is done
 * @param end the offset that the next record gets; -1 where it is not known, then the lag is 0
 * @param lag records from the one to the other; 0 where the committed offset is beyond the end
 * @param lagMs how old the first of them is, in milliseconds; 0 without lag
 * @param lagMsExact false where it is older than that, by how much is not known
 * @param commits the last ones, at most {@link CommitHistory#WINDOW}
 * @param clientId of the member that has the partition; empty where none has
 * @param host of that member
 * @param note what is odd about it, in words; empty where nothing is
 */
public record PartitionLag(
        TopicPartition partition,
        LagStatus verdict,
        long committed,
        long end,
        long lag,
        long lagMs,
        boolean lagMsExact,
        List<Commit> commits,
        String clientId,
        String host,
        String note) {

    /** How much of the window of commits is known, from 0 to 1. */
    public double complete() {
        return (double) commits.size() / CommitHistory.WINDOW;
    }

    PartitionLag with(Age age) {
        return new PartitionLag(
                partition, verdict, committed, end, lag, age.ms(), age.exact(), commits, clientId, host, note);
    }

    static String note(long committed, Long end) {
        if (end == null) {
            return "its end is not known: no leader answers for the partition";
        }
        return committed > end
                ? "committed offset %d is beyond the end %d: the topic was made anew, or has lost records"
                        .formatted(committed, end)
                : "";
    }

    static PartitionLag of(
            TopicPartition partition,
            LagStatus verdict,
            long committed,
            Long end,
            Age age,
            List<Commit> commits,
            GroupSample.Owner owner) {
        return new PartitionLag(
                partition,
                verdict,
                committed,
                end == null ? -1 : end,
                end == null ? 0 : Math.max(0, end - committed),
                age.ms(),
                age.exact(),
                commits,
                owner.clientId(),
                owner.host(),
                note(committed, end));
    }
}
