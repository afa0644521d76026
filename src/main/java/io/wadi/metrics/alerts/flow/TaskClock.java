package io.wadi.metrics.alerts.flow;

import io.wadi.metrics.alerts.flow.NoDataClocks.Progress;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The event-time clock of one task's hosts: the newest document's timestamp plus the time since that document was read,
 * but at most the wall clock. So a host with a clock that is ahead does not raise no-data alerts for the others.
 * The task updates the newest timestamp; {@link NoDataMonitor} updates the progress.
 */
final class TaskClock {
    private final String task;
    private final InstantSource wall;
    private final LongSupplier nanos;
    private volatile Newest newest = new Newest(0, 0);
    private volatile Progress progress = Progress.NONE;

    private record Newest(long time, long nanos) {}

    TaskClock(String task, InstantSource wall, LongSupplier nanos) {
        this.task = task;
        this.wall = wall;
        this.nanos = nanos;
    }

    /** Updates the newest timestamp of a document, in milliseconds since 1970. */
    void observe(long time) {
        if (time > newest.time) {
            newest = new Newest(time, nanos.getAsLong());
        }
    }

    /** Returns the time of the hosts in milliseconds since 1970; 0 before the first document. */
    long now() {
        Newest seen = newest;
        return seen.time == 0
                ? 0
                : Math.min(wall.millis(), seen.time + TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - seen.nanos));
    }

    void update(Progress newProgress) {
        progress = newProgress;
    }

    Progress progress() {
        return progress;
    }

    @Override
    public String toString() {
        return task;
    }
}
