package io.wadi.ingest.eventloop;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The turns of an event loop: in each it looks at all its connections, one after the other, and then at its tasks. Used on the loop only. */
final class LoopIteration {
    /** After so long a turn, what can wait is left to the next one. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Executor loop;
    private final LongSupplier nanoTime;
    private final Runnable end = this::end;

    private boolean inTurn;
    private long turnBegan;

    /** Takes the loop, which runs what it is given at the end of its turn. */
    LoopIteration(Executor loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    /** Whether the turn, which begins now unless it has before, has lasted so long that what can wait is left to the next one. */
    boolean isOver() {
        return nanos() > LONG_NANOS;
    }

    /** How long the turn, which begins now unless it has before, has lasted. */
    long nanos() {
        long now = nanoTime.getAsLong();
        if (!inTurn) {
            inTurn = true;
            turnBegan = now;
            loop.execute(end);
        }
        return now - turnBegan;
    }

    private void end() {
        inTurn = false;
    }
}
