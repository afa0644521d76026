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

/** An event loop of the event endpoint, on which its requests are processed one step after another. */
public final class IngestLoop {
    private final ContextInternal context;
    private final EventLoop netty;
    private final TaskQueue tasks;
    private final LoopIteration iteration;
    private final ReadScheduler reads;
    /** Work deferred to later iterations, in order; each request is here at most once. */
    private final Queue<Runnable> later = new ArrayDeque<>();

    private boolean isScheduled;

    /** Wraps a loop of Vert.x; {@code maxWait} is the event-loop delay above which requests may be rejected. */
    public IngestLoop(Context context, Duration maxWait) {
        this.context = (ContextInternal) context;
        this.netty = this.context.nettyEventLoop();
        Executor loop = task -> context.runOnContext(ignored -> task.run());
        this.tasks = new TaskQueue(loop);
        this.iteration = new LoopIteration(netty, System::nanoTime);
        this.reads = new ReadScheduler(iteration, this::readSoon, maxWait, System::nanoTime);
    }

    /** Returns the loop's Vert.x context. */
    public Context context() {
        return context;
    }

    /** Runs a task on the loop after the current one. Thread-safe. */
    public void run(Handler<Void> next) {
        context.runOnContext(next);
    }

    /** Runs a task now, with the loop's handling of exceptions. On the loop. */
    public void emit(Runnable task) {
        context.emit(ignored -> task.run());
    }

    /** Returns the schedule of its connections' reads. On the loop. */
    public ReadScheduler reads() {
        return reads;
    }

    private void readSoon() {
        netty.schedule(() -> context.emit(ignored -> reads.readWaiting()), 0, TimeUnit.NANOSECONDS);
    }

    /** Returns whether the request being read is too late and its client is behind. On the loop. */
    public boolean isLate() {
        return reads.isLate();
    }

    /**
     * Returns whether the current iteration has lasted so long that deferrable work is left to a later one. On the
     * loop.
     */
    public boolean isIterationOver() {
        return iteration.isOver();
    }

    /**
     * Runs a task in a later iteration, after tasks deferred earlier and after polling the connections. On the loop.
     */
    public void inLaterIteration(Runnable next) {
        later.add(next);
        if (!isScheduled) {
            schedule();
        }
    }

    /** A task that is executed may run in the same iteration; a scheduled one does not. */
    private void schedule() {
        isScheduled = true;
        netty.schedule(() -> context.emit(ignored -> goOn()), 0, TimeUnit.NANOSECONDS);
    }

    private void goOn() {
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
     * Runs a task on the loop in one go with others added meanwhile. Thread-safe; a task is queued at most once at a
     * time.
     */
    public void add(TaskQueue.Task task) {
        tasks.add(task);
    }
}
