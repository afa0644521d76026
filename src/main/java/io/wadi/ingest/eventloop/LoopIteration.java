package io.wadi.ingest.eventloop;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The duration of an event loop's current iteration, in which it polls all its connections and then runs its tasks.
 * Used on the loop only.
 */
final class LoopIteration {
    /** The duration after which deferrable work is left to the next iteration. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Executor loop;
    private final LongSupplier nanoTime;
    private final Runnable end = this::end;

    private boolean inTurn;
    private long turnBegan;

    /** Takes the loop, which runs executed tasks at the end of its iteration. */
    LoopIteration(Executor loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns whether the iteration, which begins now unless it has before, has lasted so long that deferrable work is
     * left to the next one.
     */
    boolean isOver() {
        return nanos() > LONG_NANOS;
    }

    /** Returns the duration so far of the iteration, which begins now unless it has before. */
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
