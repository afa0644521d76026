package io.wadi.ingest.eventloop;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has one thread do what other threads bring, in the order in which it comes, and wakes it once for all that comes until it
 * looks. A task that fails is logged and does not keep the others from running.
 */
public final class TaskQueue {
    private static final Logger LOG = LoggerFactory.getLogger(TaskQueue.class);

    private final Executor loop;
    private final Runnable take = this::take;
    /** The last that has come and, through it, those before it; null where all are taken. */
    private final AtomicReference<Task> last = new AtomicReference<>();

    /**
     * Takes the thread.
     *
     * @param loop runs what it is given one after the other
     */
    TaskQueue(Executor loop) {
        this.loop = loop;
    }

    /** What is to be done. It waits in one queue, once at a time. */
    public abstract static class Task {
        private Task before;

        /** On the loop. */
        protected abstract void run();
    }

    /** Brings a task. From any thread. */
    void add(Task task) {
        Task before;
        do {
            before = last.get();
            task.before = before;
        } while (!last.compareAndSet(before, task));
        if (before == null) {
            loop.execute(take);
        }
    }

    private void take() {
        Task next = inOrder(last.getAndSet(null));
        while (next != null) {
            Task task = next;
            next = task.before;
            task.before = null; // From here on it may be brought again.
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("A request could not go on; its client gets no answer", e);
            }
        }
    }

    /** Turned around: the first, and through {@code before} those after it. */
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
