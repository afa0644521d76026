package io.wadi.kafka.consumer;

import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.consumer.DeliveryState.Transition;
import io.wadi.kafka.partitions.Advance;
import io.wadi.kafka.partitions.PartitionMeters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition that the consumer owns: the state of its delivery, its offsets, and its sink. Its {@link DeliveryState} says
 * what may happen next; anything else throws {@link IllegalStateException} and changes nothing. Used on the consumer's thread
 * only; no I/O, no clock.
 */
final class OwnedPartition implements PartitionMeters.Progress {
    static final long NONE = OffsetTracker.NONE;

    private final TopicPartition partition;
    private final OffsetTracker offsets = new OffsetTracker();
    private final RetryBackoff retry = new RetryBackoff();
    private DeliveryState state = DeliveryState.IDLE;
    private IsolatedRange isolated = IsolatedRange.NONE;
    private ClaimedSink claimed;

    /** Why nothing more is delivered; null unless {@link DeliveryState#FAILED}. */
    private Exception failure;

    /** The record that failed, where it is known. */
    private long failedAt = NONE;

    OwnedPartition(TopicPartition partition) {
        this.partition = partition;
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

    /** The sink that has claimed the partition, or null. */
    PartitionSink sink() {
        return claimed == null ? null : claimed.sink();
    }

    /** The same with what is known of it, or null. */
    ClaimedSink claimed() {
        return claimed;
    }

    /** From now on the sink decides what is committed and where to read on. */
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

    /** Lets go of a sink that has finished what it had, as far as it could: where to read on. */
    long letGoOfSink() {
        offsets.undoTo(claimed.sink().safe());
        claimed = null;
        return offsets.readFromDone();
    }

    // ---- delivery

    /**
     * A poll returned records {@code first..last}, and the next fetch would start at {@code next}.
     *
     * @return from where on the poll has all that Kafka has
     */
    long fetched(long first, long last, long next) {
        change(Transition.FETCH);
        return offsets.fetched(first, last, next, claimed != null);
    }

    /** The next fetch starts here, whatever was before: Kafka does not have the records before it. */
    void skipTo(long offset) {
        change(Transition.SKIP);
        offsets.skipTo(offset, claimed != null);
    }

    /** There is nothing to do before this offset, which may be committed. */
    void finishedBefore(long offset) {
        offsets.finishedBefore(offset);
    }

    /** Kafka has nothing before this offset any more. */
    void expired(long before) {
        offsets.expired(before);
    }

    /** The offset up to which expired offsets were counted. */
    long expiredBefore() {
        return offsets.expiredBefore();
    }

    /** The record or run that ends at this offset left its route without an exception. */
    void done(long offset) {
        change(Transition.COMPLETE);
        offsets.done(offset);
    }

    /** A record or run that was delivered left its route; {@code error} is null where that went well. */
    void ended(ConsumerRecord<?, ?> delivered, Exception error) {
        if (error == null) {
            done(delivered.offset());
        } else if (RecordBatch.isOfMany(delivered)) {
            failed(error);
        } else {
            failed(delivered.offset(), error);
        }
    }

    /** Where the next fetch has to start instead, or {@link #NONE} where it already does. */
    long seekTo() {
        return offsets.readFrom(
                claimed == null ? offsets.done() : claimed.sink().position());
    }

    // ---- failure and retry

    /** The partition cannot go on: nothing more of it may be delivered in this poll. The first cause is kept. */
    void failed(Exception cause) {
        change(Transition.FAIL);
        if (failure == null) {
            failure = cause;
        }
    }

    /** The record or run at this offset failed: nothing after it may be delivered in this poll. */
    void failed(long offset, Exception cause) {
        failed(cause);
        failedAt = offset;
    }

    boolean hasFailed() {
        return state == DeliveryState.FAILED;
    }

    /** The cause of the failure, or null. */
    Exception failure() {
        return failure;
    }

    /** Forgets the failure, drops the sink and backs off: where to read on. */
    long rewind(long nowNanos) {
        change(Transition.REWIND);
        failure = null;
        failedAt = NONE;
        if (claimed != null) {
            offsets.undoTo(claimed.sink().safe());
            abandonSink();
        }
        retry.failed(offsets.done(), nowNanos);
        return offsets.readFromDone();
    }

    boolean isBackingOff() {
        return state == DeliveryState.BACKING_OFF;
    }

    /** Ends the backoff where it is over; true where it ends now. */
    boolean resume(long nowNanos) {
        if (!isBackingOff() || !retry.isOver(nowNanos)) {
            return false;
        }
        change(Transition.RESUME);
        return true;
    }

    /** Ends the retry where records were delivered again and did not fail; true where it ends now. */
    boolean recover() {
        if (state != DeliveryState.RETRIED) {
            return false;
        }
        change(Transition.RECOVER);
        return true;
    }

    /** The number of failures in a row at the same offset, and the time to the next attempt. */
    RetryBackoff retry() {
        return retry;
    }

    // ---- acknowledgements

    /** All sends up to here are acknowledged. */
    void acknowledged() {
        if (claimed == null) {
            offsets.acknowledged();
        }
    }

    /** Takes back what was done since the last {@link #acknowledged}, because a send since then was not. */
    void takeBack(Exception cause) {
        if (claimed == null) {
            if (!offsets.hasUnacknowledged()) {
                return;
            }
            isolate(offsets.safe(), offsets.done());
            offsets.undo();
        }
        failed(cause);
    }

    /**
     * Takes back what was done since the last {@link #acknowledged}, because a record of the same transaction failed; the
     * record that failed itself is retried in isolation.
     */
    void undo() {
        if (failedAt != NONE && !isIsolated()) {
            isolate(failedAt, failedAt + 1);
        }
        offsets.undo();
    }

    // ---- isolated retries

    /** Whether the record or run being delivered is retried in isolation, so that each of its sends is to be awaited. */
    boolean isIsolated() {
        return isolated.contains(offsets.done());
    }

    /** Has the records of this range retried in isolation. */
    void isolate(long from, long below) {
        isolated = new IsolatedRange(from, below);
    }

    /** The records that are retried in isolation. */
    IsolatedRange isolated() {
        return isolated;
    }

    /** How many of these records, the next to be done, may be in one run: one that is retried in isolation is in a run of its own. */
    int together(List<? extends ConsumerRecord<?, ?>> records) {
        return Math.max(1, isolated.countBefore(records));
    }

    // ---- commits and release

    /** What should be committed now, or {@link #NONE}. A sink commits by itself. */
    long toCommit() {
        return claimed == null ? offsets.toCommit() : NONE;
    }

    void committed(long offset) {
        offsets.committed(offset);
    }

    /** What was taken back because its commit had failed was committed all the same: reading goes on behind it. */
    void committedAfterAll(long offset) {
        offsets.committedAfterAll(offset);
    }

    /** Hands the partition back. A sink is abandoned unless it has finished what it had. */
    void release(boolean finished) {
        change(Transition.RELEASE);
        if (!finished) {
            abandonSink();
        }
    }

    // ---- progress

    /** The offset after the last that was delivered; {@link #NONE} before the first. */
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

    /** How many offsets have gone through the route, or into the sink, and are not done for good. */
    long begun() {
        if (claimed != null) {
            return Math.max(
                    0, claimed.sink().position() - Math.max(0, claimed.sink().safe()));
        }
        return offsets.safe() == NONE ? 0 : Math.max(0, offsets.done() - offsets.safe());
    }

    /** How many of them the next owner of the partition does again: those that are not done, or not committed. */
    long left() {
        return toCommit() == NONE ? begun() : Math.max(begun(), offsets.uncommitted());
    }

    /** How it advances, seen now. */
    Advance advance(Advance before, long unread, Instant now) {
        return claimed == null
                ? before.then(delivered(), offsets.safe(), unread, Duration.ZERO, now)
                : before.then(
                        claimed.sink().position(),
                        claimed.sink().safe(),
                        unread,
                        claimed.sink().holdsFor(),
                        now);
    }
}
