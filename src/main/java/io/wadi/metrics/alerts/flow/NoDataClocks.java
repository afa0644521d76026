package io.wadi.metrics.alerts.flow;

import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The clocks of the tasks that run in this process, for who tells them what is proven. Thread-safe. */
public final class NoDataClocks {
    private final Set<TaskClock> clocks = ConcurrentHashMap.newKeySet();
    private final InstantSource wall;
    private final LongSupplier nanos;

    /**
     * What is proven of a task's hosts.
     *
     * @param time every document is handled that was in Kafka when it was this time, in milliseconds since 1970
     * @param heardMs for how long before that documents could come without a break
     */
    record Proof(long time, long heardMs) {
        static final Proof NONE = new Proof(0, 0);
    }

    /**
     * Takes the clocks of this process.
     *
     * @param nanos as {@link System#nanoTime()}
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
