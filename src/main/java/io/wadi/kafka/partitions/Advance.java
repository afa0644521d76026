package io.wadi.kafka.partitions;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a partition advances: by being read, and by what was read being done for good.
 *
 * @param handed the greatest offset before which all was handed over
 * @param safe the greatest offset before which all is done for good
 * @param unread how many offsets Kafka has after those that were fetched, as far as the consumer knows
 * @param holds how long what was handed over may be held before it is done, such as a file's age
 * @param read when it was last read on, or had nothing to read
 * @param done when last something was done for good, or nothing was to be done
 * @param looked when the consumer was last there
 */
public record Advance(long handed, long safe, long unread, Duration holds, Instant read, Instant done, Instant looked) {

    private static final long NONE = -1;

    /** A partition that was just taken over. */
    public static Advance begun(Instant now) {
        return new Advance(NONE, NONE, 0, Duration.ZERO, now, now, now);
    }

    /** What a later look has found. Going back, which follows a failure, is no advance, and neither is coming forward again. */
    public Advance then(long handedNow, long safeNow, long unreadNow, Duration holdsNow, Instant now) {
        boolean isRead = unreadNow <= 0 || handedNow > handed;
        boolean isDone = handedNow <= safeNow || safeNow > safe;
        return new Advance(
                Math.max(handed, handedNow),
                Math.max(safe, safeNow),
                unreadNow,
                holdsNow,
                isRead ? now : read,
                isDone ? now : done,
                now);
    }

    /** What does not advance although it could, in words; nothing where all does. */
    public Optional<String> stalled(Instant now, Duration after) {
        if (isOver(looked, after, now)) {
            return Optional.of("its consumer was last there at " + looked);
        }
        if (isOver(read, after, now)) {
            return Optional.of(
                    "no record of it was read since %s, although there are %d at least".formatted(read, unread));
        }
        if (isOver(done, after.plus(holds), now)) {
            return Optional.of("nothing of it was done for good since %s, although it has records from %d to before %d"
                    .formatted(done, safe, handed));
        }
        return Optional.empty();
    }

    private static boolean isOver(Instant since, Duration after, Instant now) {
        return !now.isBefore(since.plus(after));
    }
}
