package io.wadi.ingest.eventloop;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue through which other threads pass tasks to one thread, in order. The thread is woken up once for all tasks
 * that are added until it runs. After about 2 ms it leaves the rest to its next iteration. A failure of a task is
 * logged and does not affect the others.
 */
public final class TaskQueue {
    private static final Logger LOG = LoggerFactory.getLogger(TaskQueue.class);

    /** The duration after which further tasks are left to the next iteration. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** The tasks after which the clock is read. */
    private static final int TASKS_PER_CLOCK_READ = 16;

    private final Executor loop;
    private final Executor nextIteration;
    private final LongSupplier nanoTime;
    private final Runnable drain = this::drain;
    private final Runnable drainRest = this::drainRest;
    /** The newest task, linked to the one before it; null while the queue is empty. */
    private final AtomicReference<Task> last = new AtomicReference<>();
    /** The tasks that are left to the next iteration, the oldest first; null if there are none. Used on the loop. */
    private Task rest;

    /**
     * Creates an empty queue.
     *
     * @param loop runs tasks one after another on its thread
     * @param nextIteration runs tasks like {@code loop}, but in a later iteration, after the connections are polled
     */
    TaskQueue(Executor loop, Executor nextIteration, LongSupplier nanoTime) {
        this.loop = loop;
        this.nextIteration = nextIteration;
        this.nanoTime = nanoTime;
    }

    /** A task, which is in at most one queue and at most once at a time. */
    public abstract static class Task {
        private Task before;

        /** Runs on the loop. */
        protected abstract void run();
    }

    /** Adds a task. Thread-safe. */
    void add(Task task) {
        Task before;
        do {
            before = last.get();
            task.before = before;
        } while (!last.compareAndSet(before, task));
        if (before == null) {
            loop.execute(drain);
        }
    }

    private void drain() {
        if (rest == null) { // Otherwise they are run after the rest.
            runAll(inOrder(last.getAndSet(null)), nanoTime.getAsLong());
        }
    }

    private void drainRest() {
        long began = nanoTime.getAsLong();
        Task first = rest;
        rest = null;
        runAll(first, began);
        if (rest == null) {
            runAll(inOrder(last.getAndSet(null)), began);
        }
    }

    /**
     * Runs tasks, and leaves the rest to the next iteration if they take too long. Earlier work of this iteration does
     * not count: otherwise outcomes would fall behind while requests are read.
     */
    private void runAll(Task first, long began) {
        Task next = first;
        for (int count = 1; next != null; count++) {
            Task task = next;
            next = task.before;
            task.before = null; // From here on the task may be added again.
            run(task::run);
            if (count % TASKS_PER_CLOCK_READ == 0 && next != null && nanoTime.getAsLong() - began > LONG_NANOS) {
                rest = next;
                nextIteration.execute(drainRest);
                return;
            }
        }
    }

    /** Runs a task and logs any exception, so that later tasks run. A fatal error that is logged ends the process. */
    static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("Request failed; its client receives no response", e);
        }
    }

    /** Reverses the list: returns the oldest task, linked to those after it. */
    private static Task inOrder(Task taken) {
        Task first = null;
        Task rest = taken;
        while (rest != null) {
            Task earlier = rest.before;
            rest.before = first;
            first = rest;
            rest = earlier;
        }
        return first;
    }
}
