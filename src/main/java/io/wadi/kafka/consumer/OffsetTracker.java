package io.wadi.kafka.consumer;

/**
 * The offsets of one owned partition: delivered, done, and committable. Does no I/O. {@link OwnedPartition} restricts
 * the order of calls.
 */
final class OffsetTracker {
    static final long NONE = -1;

    /**
     * The offset from which uncommitted offsets are counted: the first delivered one, or that of {@link
     * #finishedBefore}.
     */
    private long first = NONE;

    /** The offset after the last delivered record. */
    private long delivered = NONE;

    /** The position of the next fetch. */
    private long fetched = NONE;

    /** The offset before which all records left the route without an exception. */
    private long done = NONE;

    /**
     * The offset before which all records are completed for good, where reading continues after a failure of a send or
     * sink. Never before the committed offset at the time of the assignment.
     */
    private long safe = NONE;

    /** The offset to commit once all sends before it are acknowledged. */
    private long committable = NONE;

    /** The committable offset at the last acknowledgement, restored by {@link #undo}. */
    private long acknowledgedCommittable = NONE;

    private long committed = NONE;

    /** The offset up to which the route allows commits; {@link Long#MAX_VALUE} if it does not commit itself. */
    private long requested;

    /** The offset up to which expired offsets were counted. */
    private long expiredBefore;

    /**
     * Creates a tracker without offsets.
     *
     * @param onRequest whether offsets are committed only as far as the route requests it
     */
    OffsetTracker(boolean onRequest) {
        requested = onRequest ? NONE : Long.MAX_VALUE;
    }

    /**
     * Records that a poll returned {@code firstOffset..lastOffset}, and that the next fetch starts at {@code next}.
     *
     * @param hasSink whether a sink tracks the completed records
     * @return the offset from which on the poll contains all records that Kafka has
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

    /** Records that the record or batch that ends at this offset left its route without an exception. */
    void done(long offset) {
        done = offset + 1;
        committable = done;
    }

    /** Makes this offset committable: there are no records to process before it. */
    void finishedBefore(long offset) {
        first = offset;
        committable = offset;
        acknowledgedCommittable = offset;
        requested = Math.max(requested, offset);
    }

    /** Records that the route requests a commit of this offset, which is limited to the delivered records. */
    void requested(long offset) {
        requested = Math.max(requested, Math.min(offset, delivered));
    }

    /** Withdraws the requested commits of records that are delivered again. */
    void withdrawRequests() {
        if (requested != Long.MAX_VALUE) {
            requested = Math.min(requested, done);
        }
    }

    /** Records that all sends so far are acknowledged. */
    void acknowledged() {
        safe = done;
        acknowledgedCommittable = committable;
    }

    /** Returns whether records were done since the last {@link #acknowledged}. */
    boolean hasUnacknowledged() {
        return done != safe;
    }

    /** Reverts to the state of the last {@link #acknowledged}. */
    void undo() {
        done = safe;
        committable = acknowledgedCommittable;
    }

    /** Reverts to the safe offset of an abandoned sink. */
    void undoTo(long safeOfSink) {
        safe = Math.max(safe, safeOfSink);
        acknowledgedCommittable = NONE;
        undo();
    }

    // ---- where to read

    /** Sets the position of the next fetch. Returns the offset to seek to; {@link #NONE} if no seek is necessary. */
    long readFrom(long wanted) {
        if (fetched == NONE || wanted == delivered || wanted == fetched) {
            return NONE;
        }
        fetched = wanted;
        delivered = wanted;
        return wanted;
    }

    /** Sets the position of the next fetch to the first uncompleted record, and returns it. */
    long readFromDone() {
        fetched = done;
        delivered = done;
        return done;
    }

    /** Continues at an offset because Kafka does not have the records before it. */
    void skipTo(long offset, boolean hasSink) {
        if (!hasSink) {
            done = offset;
            safe = offset;
        }
        delivered = offset;
        fetched = offset;
    }

    /**
     * Records that Kafka has lost the records from this offset on. Later offsets are committed again, from this offset
     * on, so that another owner reads the new records at these offsets.
     *
     * @return the offset at which reading continues: this one, or that of an earlier record that is not done
     */
    long truncatedTo(long offset) {
        done = done == NONE ? offset : Math.min(done, offset);
        safe = safe == NONE ? done : Math.min(safe, done);
        first = Math.min(first, done);
        committable = Math.min(committable, done);
        acknowledgedCommittable = Math.min(acknowledgedCommittable, safe);
        committed = committed > done ? NONE : committed;
        expiredBefore = Math.min(expiredBefore, done);
        withdrawRequests();
        return readFromDone();
    }

    void expired(long before) {
        expiredBefore = Math.max(expiredBefore, before);
    }

    long expiredBefore() {
        return expiredBefore;
    }

    // ---- commits

    /**
     * Returns the offset to commit, or {@link #NONE}. It never skips a gap before the first record of a poll, because a
     * sink may have to cover it. A route may request a commit of a record of an earlier assignment, before the first
     * record: another owner has committed later offsets since.
     */
    long toCommit() {
        long offset = Math.min(committable, requested);
        return offset > committed && offset >= first ? offset : NONE;
    }

    void committed(long offset) {
        committed = offset;
        safe = Math.max(safe, offset);
    }

    /** Records that a commit has succeeded that was undone because its outcome was unknown. */
    void committedAfterAll(long offset) {
        committed(offset);
        done = safe;
    }

    /** Returns whether records were delivered and the offset after the last one is committed. */
    boolean isCommitted() {
        return delivered != NONE && delivered == committed;
    }

    /** Returns the number of delivered offsets that are committable but not committed. */
    long uncommitted() {
        return Math.min(committable, requested) - Math.max(committed, first);
    }

    long done() {
        return done;
    }

    long safe() {
        return safe;
    }

    long delivered() {
        return delivered;
    }
}
