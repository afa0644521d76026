package io.wadi.ingest;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import java.time.Duration;
import java.util.concurrent.Executor;

/** An event loop of the events port: its requests are worked on there, one step after the other. */
public final class IntakeLoop {
    private final Context context;
    private final LoopQueue tasks;
    private final LoopTurns turns;

    /** Takes the loop as Vert.x knows it, and how long a request that may be refused waits for it at most. */
    public IntakeLoop(Context context, Duration maxWait) {
        this.context = context;
        Executor loop = task -> context.runOnContext(ignored -> task.run());
        this.tasks = new LoopQueue(loop);
        this.turns = new LoopTurns(loop, maxWait, System::nanoTime);
    }

    /** The loop as Vert.x knows it. */
    public Context context() {
        return context;
    }

    /** Has the loop do this after what it is doing now. From any thread. */
    public void run(Handler<Void> next) {
        context.runOnContext(next);
    }

    /** A request has come up; on the loop. */
    public void requestCame() {
        turns.requestCame();
    }

    /** Whether the loop is behind with its work, and the request that has come up last has waited for too long; on the loop. */
    public boolean isLate() {
        return turns.isLate();
    }

    /** Has the loop do this with what others bring, in one go. From any thread; a task waits once at a time. */
    void add(LoopQueue.Task task) {
        tasks.add(task);
    }
}
