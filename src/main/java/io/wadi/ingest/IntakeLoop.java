package io.wadi.ingest;

import io.vertx.core.Context;
import io.vertx.core.Handler;

/** An event loop of the events port: its requests are worked on there, one step after the other. */
public final class IntakeLoop {
    private final Context context;
    private final LoopQueue tasks;

    /** Takes the loop as Vert.x knows it. */
    public IntakeLoop(Context context) {
        this.context = context;
        this.tasks = new LoopQueue(task -> context.runOnContext(ignored -> task.run()));
    }

    /** The loop as Vert.x knows it. */
    public Context context() {
        return context;
    }

    /** Has the loop do this after what it is doing now. From any thread. */
    public void run(Handler<Void> next) {
        context.runOnContext(next);
    }

    /** Has the loop do this with what others bring, in one go. From any thread; a task waits once at a time. */
    void add(LoopQueue.Task task) {
        tasks.add(task);
    }
}
