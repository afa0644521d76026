package io.wadi.ingest.eventloop;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures an event loop's current iteration, in which the loop polls all its connections and then runs its tasks. The
 * measurement begins with the first call in an iteration. Used on the loop only.
 */
final class LoopIteration {
    /** The duration after which deferrable work is left to the next iteration. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Executor loop;
    private final LongSupplier nanoTime;
    private final Runnable end = this::end;

    private boolean inTurn;
    private long turnBegan;

    /** Creates the measurement of a loop, which runs executed tasks at the end of its iteration. */
    LoopIteration(Executor loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns whether the iteration has lasted so long that deferrable work is left to the next one.
     */
    boolean isOver() {
        return nanos() > LONG_NANOS;
    }

    /** Returns the time since the first call in this iteration. */
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
