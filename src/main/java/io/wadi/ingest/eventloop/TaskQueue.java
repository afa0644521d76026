package io.wadi.ingest.eventloop;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue through which other threads pass tasks to one thread, in order. The thread is woken up once for all tasks
 * that are added until it runs. A failure of a task is logged and does not affect the others.
 */
public final class TaskQueue {
    private static final Logger LOG = LoggerFactory.getLogger(TaskQueue.class);

    private final Executor loop;
    private final Runnable drain = this::drain;
    /** The newest task, linked to the one before it; null while the queue is empty. */
    private final AtomicReference<Task> last = new AtomicReference<>();

    /**
     * Creates an empty queue.
     *
     * @param loop runs tasks one after another on its thread
     */
    TaskQueue(Executor loop) {
        this.loop = loop;
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
        Task next = inOrder(last.getAndSet(null));
        while (next != null) {
            Task task = next;
            next = task.before;
            task.before = null; // From here on the task may be added again.
            run(task::run);
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
