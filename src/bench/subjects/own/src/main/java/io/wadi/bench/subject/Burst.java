package io.wadi.bench.subject;

import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes tasks of other threads to an event loop, which is woken once for all tasks that have accumulated. */
final class Burst {
    private final Context loop;
    private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    Burst(Context loop) {
        this.loop = loop;
    }

    /** Adds a task, which the loop executes after those added before. */
    void add(Runnable task) {
        work.add(task);
        if (waiting.getAndIncrement() == 0) {
            loop.runOnContext(ignored -> drain());
        }
    }

    private void drain() {
        for (int count = waiting.get(); count > 0; count = waiting.addAndGet(-count)) {
            for (int i = 0; i < count; i++) {
                work.remove().run();
            }
        }
    }
}
