package io.wadi.kafka.consumer;

import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.consumer.DeliveryState.Transition;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.ReadProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition that the consumer owns: its delivery state, offsets and sink. A call that its {@link DeliveryState} does
 * not allow throws {@link IllegalStateException} and changes nothing. Used on the consumer's thread only. Does no I/O
 * and reads no clock.
 */
final class OwnedPartition implements PartitionMeters.Progress {
    static final long NONE = OffsetTracker.NONE;

    private final TopicPartition partition;
    private final OffsetTracker offsets;
    private final RetryBackoff retry = new RetryBackoff();
    private DeliveryState state = DeliveryState.IDLE;
    private IsolatedRange isolated = IsolatedRange.NONE;
    private ClaimedSink claimed;

    /** Null unless {@link DeliveryState#FAILED}. */
    private Exception failure;

    /** The offset of the failed record, if known. */
    private long failedAt = NONE;

    /** Whether Kafka has lost records that a sink has completed. Then nothing more is delivered. */
    private boolean hasLostRecords;

    /**
     * Creates a partition without delivered records.
     *
     * @param commitsOnRequest whether offsets are committed only as far as the route requests it
     */
    OwnedPartition(TopicPartition partition, boolean commitsOnRequest) {
        this.partition = partition;
        this.offsets = new OffsetTracker(commitsOnRequest);
    }

    private void change(Transition transition) {
        state = state.after(transition, partition);
    }

    TopicPartition partition() {
        return partition;
    }

    DeliveryState state() {
        return state;
    }

    // ---- its sink

    PartitionSink sink() {
        return claimed == null ? null : claimed.sink();
    }

    ClaimedSink claimed() {
        return claimed;
    }

    /** Lets a sink control the commits and the position. */
    void claim(PartitionSink sink) {
        change(Transition.CLAIM);
        claimed = new ClaimedSink(sink);
    }

    private void abandonSink() {
        if (claimed != null) {
            claimed.sink().abandon();
            claimed = null;
        }
    }

    /** Detaches a finished sink. Returns the offset at which reading continues. */
    long detachSink() {
        offsets.undoTo(claimed.sink().safe());
        claimed = null;
        return offsets.readFromDone();
    }

    // ---- delivery

    /**
     * Records that a poll returned {@code first..last}, and that the next fetch starts at {@code next}.
     *
     * @return the offset from which on the poll contains all records that Kafka has
     */
    long fetched(long first, long last, long next) {
        change(Transition.FETCH);
        return offsets.fetched(first, last, next, claimed != null);
    }

    /** Continues at an offset because Kafka does not have the records before it. */
    void skipTo(long offset) {
        change(Transition.SKIP);
        offsets.skipTo(offset, claimed != null);
    }

    /**
     * Records that Kafka has lost the records of a partition without a sink from this offset on. Returns the offset at
     * which to read the new records; empty if nothing more is delivered.
     */
    OptionalLong truncatedTo(long offset) {
        if (hasLostRecords) {
            return OptionalLong.empty();
        }
        change(Transition.TRUNCATE);
        return OptionalLong.of(offsets.truncatedTo(offset));
    }

    /**
     * Records that Kafka has lost the records of a partition with a sink from this offset on. If the sink has completed
     * some of them, the partition fails until it is released: their output still exists, and would be mixed with that
     * of the new records at the same offsets, or new records would be skipped.
     *
     * @param loss what Kafka has lost, as a clause
     */
    void truncatedSinkTo(long offset, String loss) {
        long completed = claimed.sink().safe();
        hasLostRecords = completed > offset;
        failed(new IllegalStateException(
                hasLostRecords
                        ? ("All records before offset %d were processed, but %s. Move away the output of the old records,"
                                        + " then reset the group's offset")
                                .formatted(completed, loss)
                        : "Kafka has lost the records from offset %d on, none of which was completed; new records get the same offsets"
                                .formatted(offset)));
    }

    /**
     * Makes the consumer's position committable if it is beyond the delivered records and all of these are committed.
     * The offsets in between are transaction markers, aborted records, or were compacted. A sink decides itself whether
     * to commit them.
     *
     * @param isSinkless whether no sink can claim the partition; otherwise nothing is committable before the first
     *     record
     */
    void skipGap(long position, boolean isSinkless) {
        if (hasFailed() || position <= delivered()) {
            return;
        }
        if (claimed != null) {
            skipGapOfSink(position);
        } else if (offsets.isCommitted() || (isSinkless && delivered() == NONE)) {
            skipTo(position);
            finishedBefore(position);
        }
    }

    private void skipGapOfSink(long position) {
        if (claimed.sink().position() == delivered()) {
            claimed.sink().nothingBefore(position);
        }
        if (claimed.sink().position() == position) {
            skipTo(position);
        }
    }

    /** Makes this offset committable: there are no records to process before it. */
    void finishedBefore(long offset) {
        offsets.finishedBefore(offset);
    }

    void expired(long before) {
        offsets.expired(before);
    }

    /** Returns the offset up to which expired offsets were counted. */
    long expiredBefore() {
        return offsets.expiredBefore();
    }

    /** Records that the record or batch that ends at this offset left its route without an exception. */
    void done(long offset) {
        change(Transition.COMPLETE);
        offsets.done(offset);
    }

    /**
     * Records that a delivered record or batch left its route.
     *
     * @param error null on success
     */
    void completed(ConsumerRecord<?, ?> delivered, Exception error) {
        if (error == null) {
            done(delivered.offset());
        } else if (RecordBatch.hasSeveralRecords(delivered)) {
            failed(error);
        } else {
            failed(delivered.offset(), error);
        }
    }

    /** Returns the offset to seek to before the next fetch; {@link #NONE} if no seek is necessary. */
    long seekTo() {
        return offsets.readFrom(
                claimed == null ? offsets.done() : claimed.sink().position());
    }

    // ---- failure and retry

    /**
     * Records a failure and stops the delivery of this poll. If there are several failures, the cause of the first is
     * kept.
     */
    void failed(Exception cause) {
        change(Transition.FAIL);
        if (failure == null) {
            failure = cause;
        }
    }

    /** Records that the record at this offset failed, and stops the delivery of this poll. */
    void failed(long offset, Exception cause) {
        failed(cause);
        failedAt = offset;
    }

    boolean hasFailed() {
        return state == DeliveryState.FAILED;
    }

    Exception failure() {
        return failure;
    }

    /** Clears the failure, abandons the sink and starts the backoff. Returns the offset at which reading continues. */
    long rewind(long nowNanos) {
        change(Transition.REWIND);
        failure = null;
        failedAt = NONE;
        if (claimed != null) {
            offsets.undoTo(claimed.sink().safe());
            abandonSink();
        }
        offsets.withdrawRequests();
        retry.failed(offsets.done(), nowNanos);
        return offsets.readFromDone();
    }

    boolean isBackingOff() {
        return state == DeliveryState.BACKING_OFF;
    }

    /**
     * Ends the backoff if it is over. After a loss of completed records, it is never over. Returns whether it ended
     * now.
     */
    boolean resume(long nowNanos) {
        if (!isBackingOff() || hasLostRecords || !retry.isOver(nowNanos)) {
            return false;
        }
        change(Transition.RESUME);
        return true;
    }

    /**
     * Ends the retry if records were delivered again and did not fail, or if Kafka has none to deliver. Returns whether
     * it ended now.
     *
     * @param isAtEnd whether the position is Kafka's end offset; called between polls, when all records before the
     *     position have been delivered
     */
    boolean recover(BooleanSupplier isAtEnd) {
        if (state != DeliveryState.RETRIED && !(state == DeliveryState.RETRYING && isAtEnd.getAsBoolean())) {
            return false;
        }
        change(Transition.RECOVER);
        return true;
    }

    RetryBackoff retry() {
        return retry;
    }

    // ---- acknowledgements

    /** Records that all sends so far are acknowledged. */
    void acknowledged() {
        if (claimed == null) {
            offsets.acknowledged();
        }
    }

    /** Returns whether records of a partition without a sink were done since the last {@link #acknowledged}. */
    boolean hasUnacknowledged() {
        return claimed == null && offsets.hasUnacknowledged();
    }

    /** Reverts to the last {@link #acknowledged}, because a later send failed. */
    void takeBack(Exception cause) {
        if (claimed == null) {
            if (!hasUnacknowledged()) {
                return;
            }
            isolate(offsets.safe(), offsets.done());
            offsets.undo();
        }
        failed(cause);
    }

    /**
     * Reverts to the last {@link #acknowledged}, because a record of the same transaction failed; the failed record
     * itself is retried in isolation.
     */
    void undo() {
        if (failedAt != NONE && !isIsolated()) {
            isolate(failedAt, failedAt + 1);
        }
        offsets.undo();
    }

    // ---- isolated retries

    /** Returns whether the record being delivered is retried in isolation, with each of its sends awaited. */
    boolean isIsolated() {
        return isolated.contains(offsets.done());
    }

    void isolate(long from, long below) {
        isolated = new IsolatedRange(from, below);
    }

    IsolatedRange isolated() {
        return isolated;
    }

    /** Returns how many of these records form the next batch: one if the first record is retried in isolation. */
    int nextBatchSize(List<? extends ConsumerRecord<?, ?>> records) {
        return Math.max(1, isolated.countBefore(records));
    }

    // ---- commits and release

    /** Returns the offset to commit, or {@link #NONE}. A sink commits its own offsets. */
    long toCommit() {
        return claimed == null ? offsets.toCommit() : NONE;
    }

    /**
     * Records that the route requests a commit of this offset. It is committed as far as the records before it are
     * completed.
     */
    void commitRequested(long offset) {
        offsets.requested(offset);
    }

    void committed(long offset) {
        offsets.committed(offset);
    }

    /** Records that a commit with an unknown outcome has succeeded. Reading continues after it. */
    void committedAfterAll(long offset) {
        offsets.committedAfterAll(offset);
    }

    /** Releases the partition. A sink is abandoned unless it has finished. */
    void release(boolean finished) {
        change(Transition.RELEASE);
        if (!finished) {
            abandonSink();
        }
    }

    // ---- progress

    long delivered() {
        return offsets.delivered();
    }

    @Override
    public long safe() {
        return claimed == null
                ? offsets.safe()
                : Math.max(offsets.safe(), claimed.sink().safe());
    }

    @Override
    public long inFlight() {
        return delivered() == NONE || safe() == NONE ? 0 : Math.max(0, delivered() - safe());
    }

    /** Returns the number of offsets processed by the route or sink that are not completed for good. */
    long uncompleted() {
        if (claimed != null) {
            return Math.max(
                    0, claimed.sink().position() - Math.max(0, claimed.sink().safe()));
        }
        return offsets.safe() == NONE ? 0 : Math.max(0, offsets.done() - offsets.safe());
    }

    /** Returns the number of processed offsets that the next owner processes again. */
    long unfinished() {
        return toCommit() == NONE ? uncompleted() : Math.max(uncompleted(), offsets.uncommitted());
    }

    ReadProgress progress(ReadProgress before, long unread, Instant now) {
        return claimed == null
                ? before.next(delivered(), offsets.safe(), unread, Duration.ZERO, now)
                : before.next(
                        claimed.sink().position(),
                        claimed.sink().safe(),
                        unread,
                        claimed.sink().maxHoldTime(),
                        now);
    }
}
