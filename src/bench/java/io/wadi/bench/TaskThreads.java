package io.wadi.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The threads of a measurement, which fails if one of them fails. */
final class TaskThreads {
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    /** The work of a thread. */
    interface Task {
        void run() throws Exception;
    }

    /** Starts a thread. */
    void start(String name, Task task) {
        Thread thread = new Thread(() -> run(task), name);
        threads.add(thread);
        thread.start();
    }

    private void run(Task task) {
        try {
            task.run();
        } catch (Exception e) { // join() throws it
            failure.compareAndSet(null, e);
        }
    }

    /**
     * Waits until all threads have ended.
     *
     * @throws IOException if one of them has failed
     */
    void join() throws IOException, InterruptedException {
        for (Thread each : threads) {
            each.join();
        }
        if (failure.get() != null) {
            throw new IOException(
                    "A thread of the measurement failed: " + failure.get().getMessage(), failure.get());
        }
    }
}
