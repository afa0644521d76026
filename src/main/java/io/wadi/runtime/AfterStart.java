package io.wadi.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * Actions, such as health checks, that are deferred until all routes are started, so that they do not slow down the
 * start. Thread-safe.
 */
final class AfterStart {
    private final List<Runnable> deferred = new ArrayList<>();
    private boolean isStarted;

    /** Runs an action now if the routes are started, otherwise once they are. */
    synchronized void run(Runnable action) {
        if (isStarted) {
            action.run();
        } else {
            deferred.add(action);
        }
    }

    /** Runs the deferred actions. Called once all routes are started. */
    synchronized void started() {
        isStarted = true;
        deferred.forEach(Runnable::run);
        deferred.clear();
    }
}
