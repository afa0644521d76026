package io.wadi.ingest;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The turns of an event loop: in each it takes what has come on all its connections, one after the other, so that a turn is as
 * long as whatever comes last in it has waited. A loop of which several turns have been too long has more to do than it can; a
 * pause of the JVM or a burst of requests is over sooner. From then on, until as many have not been too long, what comes up late
 * in a turn is late. To tell a standing queue from a burst by its shortest wait is the idea of controlled delay (RFC 8289). Used
 * on the loop only.
 */
final class LoopTurns {
    /** So many turns more that were too long than that were not, and the loop is behind. */
    static final int BEHIND_AFTER = 3;

    private static final int MOST_COUNTED = 2 * BEHIND_AFTER;
    /** So many requests of a turn are never late, however slow they are. */
    static final int NEVER_LATE = 16;

    /** After so long a turn, events that can wait are left to the next one. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Executor loop;
    private final LongSupplier nanoTime;
    private final long longestNanos;
    private final Runnable end = this::end;

    private boolean inTurn;
    private long turnBegan;
    private int requests;
    private int tooLong;

    /**
     * Takes the loop.
     *
     * @param loop runs what it is given at the end of its turn
     * @param longest how long a turn may be
     */
    LoopTurns(Executor loop, Duration longest, LongSupplier nanoTime) {
        this.loop = loop;
        this.longestNanos = longest.toNanos();
        this.nanoTime = nanoTime;
    }

    /** A request has come up. */
    void requestCame() {
        begin();
        requests++;
    }

    private void begin() {
        if (!inTurn) {
            inTurn = true;
            turnBegan = nanoTime.getAsLong();
            requests = 0;
            loop.execute(end);
        }
    }

    /** Whether the turn, which begins now unless it has before, has lasted so long that what can wait is left to the next one. */
    boolean isOver() {
        begin();
        return nanoTime.getAsLong() - turnBegan > LONG_NANOS;
    }

    /** Whether the request that has come up last is late. */
    boolean isLate() {
        return tooLong >= BEHIND_AFTER && requests > NEVER_LATE && isTurnTooLong();
    }

    private boolean isTurnTooLong() {
        return nanoTime.getAsLong() - turnBegan > longestNanos;
    }

    private void end() {
        inTurn = false;
        tooLong = isTurnTooLong() ? Math.min(tooLong + 1, MOST_COUNTED) : Math.max(tooLong - 1, 0);
    }
}
