package io.wadi.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * Actions that are deferred until all routes are started, such as health checks: the routes need the processors first. Thread-safe.
 */
final class AfterStart {
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean isStarted;

    /** Runs an action now if the routes are started, otherwise once they are. */
    synchronized void run(Runnable begun) {
        if (isStarted) {
            begun.run();
        } else {
            waiting.add(begun);
        }
    }

    /** Runs the deferred actions. Called once all routes are started. */
    synchronized void started() {
        isStarted = true;
        waiting.forEach(Runnable::run);
        waiting.clear();
    }
}
