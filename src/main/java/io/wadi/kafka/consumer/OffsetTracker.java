package io.wadi.kafka.consumer;

/**
 * The offsets of one owned partition: what was delivered, what is done, and what may be committed. Pure; the
 * {@link OwnedPartition} decides when each method may be called.
 */
final class OffsetTracker {
    static final long NONE = -1;

    /** The first record that was delivered. */
    private long first = NONE;

    /** The offset after the last record that was delivered. */
    private long delivered = NONE;

    /** Where the next fetch starts. */
    private long fetched = NONE;

    /** Everything before it left the route without an exception. */
    private long done = NONE;

    /**
     * Everything before it is done for good: where to read on after a failure of a send or of the sink. Never before the
     * committed offset that the partition was taken over with.
     */
    private long safe = NONE;

    /** What may be committed, once all sends before it are acknowledged. */
    private long committable = NONE;

    /** The same of what is acknowledged: it stays committable where what is done since then is taken back. */
    private long acknowledgedCommittable = NONE;

    private long committed = NONE;

    /** Kafka has nothing before it, as far as that was counted. */
    private long expiredBefore;

    /**
     * A poll returned records {@code firstOffset..lastOffset}, and the next fetch would start at {@code next}.
     *
     * @param hasSink whether a sink decides what is done
     * @return from where on the poll has all that Kafka has
     */
    long fetched(long firstOffset, long lastOffset, long next, boolean hasSink) {
        long from = delivered == NONE ? firstOffset : delivered;
        first = first == NONE ? firstOffset : first;
        if (!hasSink) {
            if (done == safe) {
                safe = firstOffset;
            }
            done = firstOffset;
        }
        delivered = lastOffset + 1;
        fetched = next;
        return from;
    }

    /** The record or run that ends at this offset left its route without an exception. */
    void done(long offset) {
        done = offset + 1;
        committable = done;
    }

    /** There is nothing to do before this offset, which may be committed. */
    void finishedBefore(long offset) {
        committable = offset;
        acknowledgedCommittable = offset;
    }

    /** All sends up to here are acknowledged. */
    void acknowledged() {
        safe = done;
        acknowledgedCommittable = committable;
    }

    /** Whether something was done since the last {@link #acknowledged}. */
    boolean hasUnacknowledged() {
        return done != safe;
    }

    /** Takes back what was done since the last {@link #acknowledged}. */
    void undo() {
        done = safe;
        committable = acknowledgedCommittable;
    }

    /** Takes back what is not done for good, which a sink that is dropped has said. */
    void undoTo(long safeOfSink) {
        safe = Math.max(safe, safeOfSink);
        acknowledgedCommittable = NONE;
        undo();
    }

    // ---- where to read

    /** The next fetch has to start here: returns that, or {@link #NONE} where it already does. */
    long readFrom(long wanted) {
        if (fetched == NONE || wanted == delivered || wanted == fetched) {
            return NONE;
        }
        fetched = wanted;
        delivered = wanted;
        return wanted;
    }

    /** Has the next fetch start at what is not done, and returns that. */
    long readFromDone() {
        fetched = done;
        delivered = done;
        return done;
    }

    /** Reading goes on here, because Kafka does not have the records before it. */
    void skipTo(long offset, boolean hasSink) {
        if (!hasSink) {
            done = offset;
            safe = offset;
        }
        delivered = offset;
        fetched = offset;
    }

    /** Kafka has nothing before this offset any more. */
    void expired(long before) {
        expiredBefore = Math.max(expiredBefore, before);
    }

    /** The offset up to which expired offsets were counted. */
    long expiredBefore() {
        return expiredBefore;
    }

    // ---- commits

    /**
     * What should be committed now, or {@link #NONE}. Never more than what was done: a gap before the first record of a poll
     * is not skipped by itself, since a sink may have to cover it.
     */
    long toCommit() {
        return committable > committed ? committable : NONE;
    }

    void committed(long offset) {
        committed = offset;
        safe = Math.max(safe, offset);
    }

    /** The same of what was taken back. */
    void committedAfterAll(long offset) {
        committed(offset);
        done = safe;
    }

    /** How many offsets, of those that were delivered, are done and not committed. */
    long uncommitted() {
        return committable - Math.max(committed, first);
    }

    long done() {
        return done;
    }

    long safe() {
        return safe;
    }

    /** The offset after the last that was delivered; {@link #NONE} before the first. */
    long delivered() {
        return delivered;
    }
}
