package io.wadi.metrics.alerts.flow;

import io.wadi.metrics.alerts.flow.NoDataClocks.Proof;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What time it is for the hosts of one task: that of their newest document, and what has passed since that was read; at most
 * this process's own, so that a host whose clock is ahead does not make the others silent. Its task writes the documents'
 * times, {@link NoDataMonitor} the proofs.
 */
final class TaskClock {
    private final String task;
    private final InstantSource wall;
    private final LongSupplier nanos;
    private volatile Newest newest = new Newest(0, 0);
    private volatile Proof proof = Proof.NONE;

    private record Newest(long time, long nanos) {}

    TaskClock(String task, InstantSource wall, LongSupplier nanos) {
        this.task = task;
        this.wall = wall;
        this.nanos = nanos;
    }

    /** Takes the newest time that a document has, in milliseconds since 1970. */
    void saw(long time) {
        if (time > newest.time) {
            newest = new Newest(time, nanos.getAsLong());
        }
    }

    /** Milliseconds since 1970; 0 where no document has told yet. */
    long now() {
        Newest seen = newest;
        return seen.time == 0
                ? 0
                : Math.min(wall.millis(), seen.time + TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - seen.nanos));
    }

    void prove(Proof newProof) {
        proof = newProof;
    }

    Proof proof() {
        return proof;
    }

    @Override
    public String toString() {
        return task;
    }
}
