package io.wadi.ingest.eventloop;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** An event loop of the event endpoint. All steps of a request run on the loop of its connection. */
public final class IngestLoop {
    private final ContextInternal context;
    private final EventLoop netty;
    private final TaskQueue tasks;
    private final LoopIteration iteration;
    private final ReadScheduler reads;
    /** The tasks that are deferred to later iterations, in order; at most one of each request. */
    private final Queue<Runnable> later = new ArrayDeque<>();

    private boolean isScheduled;

    /**
     * Wraps an event loop of Vert.x.
     *
     * @param maxWait the event-loop delay above which requests may be rejected
     * @param anonymous the share of the clients without a key
     */
    public IngestLoop(Context context, Duration maxWait, AnonymousShare anonymous) {
        this.context = (ContextInternal) context;
        this.netty = this.context.nettyEventLoop();
        Executor loop = task -> context.runOnContext(ignored -> task.run());
        this.tasks = new TaskQueue(loop, this::inNextIteration, System::nanoTime);
        this.iteration = new LoopIteration(netty, System::nanoTime);
        this.reads = new ReadScheduler(iteration, this::schedule, anonymous, maxWait, System::nanoTime);
    }

    /** Returns the loop's Vert.x context. */
    public Context context() {
        return context;
    }

    /** Runs a task on the loop after the current one. Thread-safe. */
    public void run(Handler<Void> next) {
        context.runOnContext(next);
    }

    /** Runs a task at once, with the loop's handling of exceptions. Called on the loop. */
    public void emit(Runnable task) {
        context.emit(ignored -> task.run());
    }

    /** Returns the schedule of the connections' reads. Called on the loop. */
    public ReadScheduler reads() {
        return reads;
    }

    private void inNextIteration(Runnable task) {
        schedule(task, 0);
    }

    /** Schedules a task. Unlike an executed task, a scheduled one does not run in the same iteration. */
    private void schedule(Runnable task, long nanos) {
        netty.schedule(() -> context.emit(ignored -> task.run()), nanos, TimeUnit.NANOSECONDS);
    }

    /** Returns whether the request being read has waited too long and its client is backlogged. Called on the loop. */
    public boolean isLate() {
        return reads.isLate();
    }

    /**
     * Returns whether the current iteration has lasted so long that deferrable work is left to a later one. Called on
     * the loop.
     */
    public boolean isIterationOver() {
        return iteration.isOver();
    }

    /**
     * Runs a task in a later iteration, after tasks deferred earlier and after the connections are polled. Called on
     * the loop.
     */
    public void inLaterIteration(Runnable next) {
        later.add(next);
        if (!isScheduled) {
            schedule();
        }
    }

    private void schedule() {
        isScheduled = true;
        inNextIteration(this::runDeferred);
    }

    private void runDeferred() {
        int waiting = later.size();
        do {
            TaskQueue.run(later.remove());
            waiting--;
        } while (waiting > 0 && !iteration.isOver());
        if (later.isEmpty()) {
            isScheduled = false;
        } else {
            schedule();
        }
    }

    /**
     * Runs a task on the loop, together with other tasks that are added until then. A task is queued at most once at a
     * time. Thread-safe.
     */
    public void add(TaskQueue.Task task) {
        tasks.add(task);
    }
}
