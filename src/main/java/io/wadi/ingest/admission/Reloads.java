package io.wadi.ingest.admission;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that looks whether what is {@link Reloading} has changed. */
public final class Reloads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

    private final ScheduledThreadPoolExecutor timer;

    /** Begins without anything to look at, and without a thread. */
    public Reloads() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "wadi-reload");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Looks at it at once, and again after each such time. */
    public void every(Duration time, Reloading<?> changing) {
        timer.scheduleWithFixedDelay(() -> check(changing), 0, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void check(Reloading<?> changing) {
        try {
            changing.check();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A timer drops a task that throws.
            LOG.error("Not looked at", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
