package io.wadi.ingest;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The turns of an event loop: in each it takes what has come on all its connections, one after the other, so that a turn is as
 * long as whatever comes last in it has waited. A loop whose turns have all been too long for a while has more to do than it can,
 * which a pause of the JVM or a burst of requests is not; from then on, what comes up late in a turn is late. The watch over a
 * standing queue is that of controlled delay (RFC 8289). Used on the loop only.
 */
final class LoopTurns {
    /** How long turns are too long before the loop is behind. */
    static final Duration BEHIND_AFTER = Duration.ofMillis(100);
    /** So many requests of a turn are never late, however slow they are. */
    static final int NEVER_LATE = 16;

    private final Executor loop;
    private final LongSupplier nanoTime;
    private final long longestNanos;
    private final Runnable end = this::end;

    private boolean inTurn;
    private long turnBegan;
    private int requests;
    private boolean tooLong;
    private long tooLongSince;

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
    void next() {
        if (!inTurn) {
            inTurn = true;
            turnBegan = nanoTime.getAsLong();
            requests = 0;
            loop.execute(end);
        }
        requests++;
    }

    /** Whether the request that has come up last is late. */
    boolean isLate() {
        if (!tooLong || requests <= NEVER_LATE) {
            return false;
        }
        long now = nanoTime.getAsLong();
        return now - turnBegan > longestNanos && now - tooLongSince > BEHIND_AFTER.toNanos();
    }

    private void end() {
        inTurn = false;
        boolean wasTooLong = tooLong;
        tooLong = nanoTime.getAsLong() - turnBegan > longestNanos;
        if (tooLong && !wasTooLong) {
            tooLongSince = turnBegan;
        }
    }
}
