package io.wadi.bench.subject;

import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Brings work of other threads to an event loop, which is woken once for all that has come together. */
final class Burst {
    private final Context loop;
    private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    Burst(Context loop) {
        this.loop = loop;
    }

    /** Has the loop do this, after what was added before. */
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
