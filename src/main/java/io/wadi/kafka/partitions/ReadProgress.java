package io.wadi.kafka.partitions;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The progress of reading a partition and of completing its records.
 *
 * @param delivered the greatest offset before which all records were delivered
 * @param safe the greatest offset before which all records are completed for good
 * @param unread the number of offsets after the position, as of the last fetch
 * @param maxHoldTime the maximum time from delivery to completion without failures, such as a file's maximum age
 * @param lastRead the last time when records were read, or there were none to read
 * @param lastDone the last time when records were completed, or there were none to complete
 * @param lastPoll the last poll of the consumer
 */
public record ReadProgress(
        long delivered,
        long safe,
        long unread,
        Duration maxHoldTime,
        Instant lastRead,
        Instant lastDone,
        Instant lastPoll) {
    private static final long NONE = -1;

    /** Returns the progress of a partition that was just assigned. */
    public static ReadProgress start(Instant now) {
        return new ReadProgress(NONE, NONE, 0, Duration.ZERO, now, now, now);
    }

    /**
     * Returns the progress after a later observation. Repeated deliveries after a rewind do not count as progress. A
     * position before completed records is that of a new log, as after the topic was recreated: its progress starts
     * anew.
     */
    public ReadProgress next(long deliveredNow, long safeNow, long unreadNow, Duration maxHoldTimeNow, Instant now) {
        if (deliveredNow != NONE && deliveredNow < safe) {
            return start(now).next(deliveredNow, safeNow, unreadNow, maxHoldTimeNow, now);
        }
        boolean isRead = unreadNow <= 0 || deliveredNow > delivered;
        boolean isDone = deliveredNow <= safeNow || safeNow > safe;
        return new ReadProgress(
                Math.max(delivered, deliveredNow),
                Math.max(safe, safeNow),
                unreadNow,
                maxHoldTimeNow,
                isRead ? now : lastRead,
                isDone ? now : lastDone,
                now);
    }

    /**
     * Describes what has made no progress within the timeout although it could: polls, reads or completions; empty if
     * all have.
     */
    public Optional<String> stall(Instant now, Duration timeout) {
        if (isOver(lastPoll, timeout, now)) {
            return Optional.of("its consumer last polled at " + lastPoll);
        }
        if (isOver(lastRead, timeout, now)) {
            return Optional.of(
                    "no record was read since %s, although at least %d are unread".formatted(lastRead, unread));
        }
        if (isOver(lastDone, timeout.plus(maxHoldTime), now)) {
            return Optional.of(
                    "no record was completed since %s, although there are records from offset %d to before %d"
                            .formatted(lastDone, safe, delivered));
        }
        return Optional.empty();
    }

    private static boolean isOver(Instant since, Duration after, Instant now) {
        return !now.isBefore(since.plus(after));
    }
}
