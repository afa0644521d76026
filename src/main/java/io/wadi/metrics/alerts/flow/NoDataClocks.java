package io.wadi.metrics.alerts.flow;

import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The clocks of the tasks in this process, through which {@link NoDataMonitor} reports progress to the tasks.
 * Thread-safe.
 */
public final class NoDataClocks {
    private final Set<TaskClock> clocks = ConcurrentHashMap.newKeySet();
    private final InstantSource wall;
    private final LongSupplier nanos;

    /**
     * The processing progress of a task.
     *
     * @param time all documents that were in Kafka at this time, in milliseconds since 1970, have been processed
     * @param availableMs how long Kafka had been available without interruption at that time
     */
    record Progress(long time, long availableMs) {
        static final Progress NONE = new Progress(0, 0);
    }

    /**
     * Creates an empty set of clocks.
     *
     * @param nanos a source such as {@link System#nanoTime()}
     */
    public NoDataClocks(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
    }

    TaskClock begin(String task) {
        TaskClock clock = new TaskClock(task, wall, nanos);
        clocks.add(clock);
        return clock;
    }

    void end(TaskClock clock) {
        clocks.remove(clock);
    }

    Set<TaskClock> clocks() {
        return Set.copyOf(clocks);
    }

    long nanos() {
        return nanos.getAsLong();
    }
}
