package io.wadi.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * What is begun once all routes are started, such as health checks that no record waits for: a start is short of processors.
 * Thread-safe.
 */
final class AfterStart {
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean isStarted;

    /** Begins it now, or once the routes are started. */
    synchronized void run(Runnable begun) {
        if (isStarted) {
            begun.run();
        } else {
            waiting.add(begun);
        }
    }

    /** All routes are started. */
    synchronized void started() {
        isStarted = true;
        waiting.forEach(Runnable::run);
        waiting.clear();
    }
}
