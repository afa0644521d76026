package io.wadi.kafka.consumer;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.partitions.Advance;
import io.wadi.kafka.partitions.PartitionMeters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How far one owned partition has come: what was fetched, what was done, what was committed, and how it waits after a
 * failure. Used on the consumer's thread only; no I/O.
 */
final class PartitionProgress implements PartitionMeters.Progress {
    static final long NONE = -1;

    private final TopicPartition partition;
    private PartitionSink sink;

    /**
     * Where to read on after a failure of a send or of the sink. Never before the committed offset that the partition was
     * taken over with.
     */
    private long safe = NONE;

    /** The first record that was handed over. */
    private long first = NONE;

    private long done = NONE;
    private long finished = NONE;
    private long carefulFrom = NONE;
    private long carefulBelow = NONE;
    private long handedOut = NONE;
    private long fetched = NONE;
    private long committed = NONE;
    private Exception failure;
    private long failedAt = NONE;
    private int failures;
    private long retriedFrom = NONE;
    private long resumeAtNanos;
    private Duration backoff = Duration.ZERO;
    private boolean waiting;
    private boolean recovering;

    /** Whether nothing was handed over since the last failure. */
    private boolean untried;

    private long expiredBefore;

    /** Whether the partition is paused because its sink takes no more for now. */
    private boolean held;

    private PartitionSink.Trouble trouble;

    PartitionProgress(TopicPartition partition) {
        this.partition = partition;
    }

    TopicPartition partition() {
        return partition;
    }

    PartitionSink sink() {
        return sink;
    }

    /** How it advances, seen now. */
    Advance advance(Advance before, long unread, Instant now) {
        return sink == null
                ? before.then(handedOut, safe, unread, Duration.ZERO, now)
                : before.then(sink.position(), sink.safe(), unread, sink.holdsFor(), now);
    }

    void claim(PartitionSink newSink) {
        sink = newSink;
    }

    /** Lets go of the sink, where there is one. */
    void abandonSink() {
        if (sink != null) {
            sink.abandon();
            sink = null;
        }
        held = false;
        trouble = null;
    }

    boolean isHeld() {
        return held;
    }

    void held(boolean isHeld) {
        held = isHeld;
    }

    /** What was last told of the sink's trouble, or null. */
    PartitionSink.Trouble trouble() {
        return trouble;
    }

    void trouble(PartitionSink.Trouble told) {
        trouble = told;
    }

    /**
     * A poll returned records {@code first..last}, and the next fetch would start at {@code next}.
     *
     * @return from where on the poll has all that Kafka has
     */
    long fetched(long first, long last, long next) {
        long from = handedOut == NONE ? first : handedOut;
        this.first = this.first == NONE ? first : this.first;
        if (sink == null) {
            if (done == safe) {
                safe = first;
            }
            done = first;
        }
        handedOut = last + 1;
        fetched = next;
        untried = false;
        return from;
    }

    /** The next fetch starts here, whatever was before. */
    void goOnAt(long offset) {
        if (sink == null) {
            done = offset;
            safe = offset;
        }
        handedOut = offset;
        fetched = offset;
    }

    /** There is nothing to do before this offset, which may be committed. */
    void finishedBefore(long offset) {
        finished = offset;
    }

    /** Kafka has nothing before this offset any more. */
    void expired(long before) {
        expiredBefore = Math.max(expiredBefore, before);
    }

    /** Up to where it was told that Kafka has nothing any more. */
    long expiredBefore() {
        return expiredBefore;
    }

    /** The record or run that ends at this offset left its route without an exception. */
    void done(long offset) {
        done = offset + 1;
        finished = done;
    }

    /** The partition cannot go on: nothing more of it may be handed over in this poll. */
    void failed(Exception cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    /** The record or run at this offset failed: nothing after it may be handed over in this poll. */
    void failed(long offset, Exception cause) {
        failedAt = offset;
        failed(cause);
    }

    Exception failure() {
        return failure;
    }

    /** Forgets the failure, drops the sink and waits: where to read on. */
    long rewind(long nowNanos) {
        failure = null;
        failedAt = NONE;
        if (sink != null) {
            safe = Math.max(safe, sink.safe());
            finished = NONE;
            abandonSink();
            done = safe;
        }
        failures = done == retriedFrom ? failures + 1 : 1;
        retriedFrom = done;
        backoff = Backoff.after(failures);
        resumeAtNanos = nowNanos + backoff.toNanos();
        waiting = true;
        recovering = true;
        fetched = done;
        handedOut = done;
        untried = true;
        return done;
    }

    /** Lets go of a sink that has finished what it had, as far as it could: where to read on. */
    long letGoOfSink() {
        safe = Math.max(safe, sink.safe());
        sink = null;
        held = false;
        trouble = null;
        finished = NONE;
        done = safe;
        fetched = done;
        handedOut = done;
        return done;
    }

    /** True once after a failure, when records were handed over again and did not fail. */
    boolean hasRecovered() {
        if (recovering && !untried && failure == null) {
            recovering = false;
            return true;
        }
        return false;
    }

    /** All sends up to here are acknowledged. */
    void acknowledged() {
        if (sink == null) {
            safe = done;
        }
    }

    /** Takes back what was done since the last {@link #acknowledged()}, because a send since then was not. */
    void takeBack(Exception cause) {
        if (sink == null) {
            if (done == safe) {
                return;
            }
            carefulFrom = safe;
            carefulBelow = done;
            done = safe;
            finished = NONE;
        }
        failed(cause);
    }

    /**
     * Takes back what was done since the last {@link #acknowledged()}, because a record beside it has failed; what has failed
     * itself is handled with care from then on.
     */
    void undo() {
        if (failedAt != NONE && !isCareful()) {
            carefulFrom = failedAt;
            carefulBelow = failedAt + 1;
        }
        done = safe;
        finished = NONE;
    }

    /** Whether the record or run being handed over was taken back before, so that each of its sends is to be waited for. */
    boolean isCareful() {
        return done >= carefulFrom && done < carefulBelow;
    }

    /** How many of these records, the next to be done, come before one that needs care. */
    int before(List<? extends ConsumerRecord<?, ?>> records) {
        int count = 0;
        while (count < records.size() && !needsCare(records.get(count).offset())) {
            count++;
        }
        return count;
    }

    /** How many of these records, the next to be done, need care. */
    int careful(List<? extends ConsumerRecord<?, ?>> records) {
        int count = 0;
        while (count < records.size() && needsCare(records.get(count).offset())) {
            count++;
        }
        return count;
    }

    /** How many of these records, the next to be done, may be in one run: one that needs care is in a run of its own. */
    int together(List<? extends ConsumerRecord<?, ?>> records) {
        return Math.max(1, before(records));
    }

    /** Records of this range need care: see {@link #isCareful()}. */
    void careful(long from, long below) {
        carefulFrom = from;
        carefulBelow = below;
    }

    private boolean needsCare(long offset) {
        return offset >= carefulFrom && offset < carefulBelow;
    }

    /** Where the next fetch has to start instead, or {@link #NONE} where it already does. */
    long seekTo() {
        if (fetched == NONE) {
            return NONE;
        }
        long wanted = sink == null ? done : sink.position();
        if (wanted == handedOut || wanted == fetched) {
            return NONE;
        }
        fetched = wanted;
        handedOut = wanted;
        return wanted;
    }

    /**
     * What should be committed now, or {@link #NONE}. Never more than what was finished: a gap before the first record of a
     * poll is not skipped by itself, since a sink may have to cover it. A sink commits by itself.
     */
    long toCommit() {
        return sink == null && finished > committed ? finished : NONE;
    }

    /** How many offsets have gone through the route, or into the sink, and are not done for good. */
    long begun() {
        if (sink != null) {
            return Math.max(0, sink.position() - Math.max(0, sink.safe()));
        }
        return safe == NONE ? 0 : Math.max(0, done - safe);
    }

    /** How many of them are done again by who reads the partition next: those that are not done, or not committed. */
    long left() {
        return toCommit() == NONE ? begun() : Math.max(begun(), finished - Math.max(committed, first));
    }

    void committed(long offset) {
        committed = offset;
        safe = Math.max(safe, offset);
    }

    /** The offset after the last that was handed over; {@link #NONE} before the first. */
    long handedOut() {
        return handedOut;
    }

    /** Everything before this offset is done for good, as far as it is known; {@link #NONE} before that. */
    @Override
    public long safe() {
        return sink == null ? safe : Math.max(safe, sink.safe());
    }

    /** How many offsets were handed over and are not done for good. */
    @Override
    public long inFlight() {
        return handedOut == NONE || safe() == NONE ? 0 : Math.max(0, handedOut - safe());
    }

    boolean isWaiting() {
        return waiting;
    }

    /** Whether the time after a failure is over; from then on it no longer waits. */
    boolean isDue(long nowNanos) {
        if (waiting && nowNanos - resumeAtNanos >= 0) {
            waiting = false;
            return true;
        }
        return false;
    }

    /** How often in a row it failed with the same offset to read on from. */
    int failures() {
        return failures;
    }

    /** The time from the last failure to the next try. */
    Duration backoff() {
        return backoff;
    }
}
