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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An event loop of the events port: its requests are worked on there, one step after the other. */
public final class IngestLoop {
    private static final Logger LOG = LoggerFactory.getLogger(IngestLoop.class);

    private final ContextInternal context;
    private final EventLoop netty;
    private final TaskQueue tasks;
    private final LoopIteration turns;
    private final ReadScheduler reads;
    /** What was left to later turns, in its order: each request waits here once at most. */
    private final Queue<Runnable> later = new ArrayDeque<>();

    /** Takes the loop as Vert.x knows it, and how long a request that may be refused waits for it at most. */
    public IngestLoop(Context context, Duration maxWait) {
        this.context = (ContextInternal) context;
        this.netty = this.context.nettyEventLoop();
        Executor loop = task -> context.runOnContext(ignored -> task.run());
        this.tasks = new TaskQueue(loop);
        this.turns = new LoopIteration(netty, System::nanoTime);
        this.reads = new ReadScheduler(turns, this::readSoon, maxWait, System::nanoTime);
    }

    /** The loop as Vert.x knows it. */
    public Context context() {
        return context;
    }

    /** Has the loop do this after what it is doing now. From any thread. */
    public void run(Handler<Void> next) {
        context.runOnContext(next);
    }

    /** Runs a task at once; an exception is handled as in any task of the loop. On the loop. */
    public void emit(Runnable task) {
        context.emit(ignored -> task.run());
    }

    /** Returns the schedule of its connections' reads; on the loop. */
    public ReadScheduler reads() {
        return reads;
    }

    private void readSoon() {
        netty.schedule(() -> context.emit(ignored -> reads.readWaiting()), 0, TimeUnit.NANOSECONDS);
    }

    /** Whether the loop is behind with its client's work, and the request that is being read has waited for too long; on the loop. */
    public boolean isLate() {
        return reads.isLate();
    }

    /** Whether the current turn has lasted so long that work that can wait is left to another; on the loop. */
    public boolean isTurnOver() {
        return turns.isOver();
    }

    /** Has the loop do this in one of its next turns, after what waits already, having looked at its connections; on the loop. */
    public void inNextTurn(Runnable next) {
        later.add(next);
        if (later.size() == 1) {
            schedule();
        }
    }

    /** A task that is executed may run in the same turn; one that is scheduled does not. */
    private void schedule() {
        netty.schedule(() -> context.emit(ignored -> goOn()), 0, TimeUnit.NANOSECONDS);
    }

    private void goOn() {
        int waiting = later.size();
        do {
            run(later.peek());
            later.remove();
            waiting--;
        } while (waiting > 0 && !turns.isOver());
        if (!later.isEmpty()) {
            schedule();
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A request could not go on; its client gets no answer", e);
        }
    }

    /** Has the loop do this with what others bring, in one go. From any thread; a task waits once at a time. */
    public void add(TaskQueue.Task task) {
        tasks.add(task);
    }
}
