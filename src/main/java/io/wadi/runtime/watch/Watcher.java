package io.wadi.runtime.watch;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that looks whether what is {@link WatchedValue} has changed. */
public final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    /** After so long what could not be read is looked at again, at the latest. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final ScheduledThreadPoolExecutor timer;

    /** Begins without anything to look at, and without a thread. */
    public Watcher() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "wadi-reload");
            thread.setDaemon(true);
            return thread;
        });
        // A look that ends after the close would have another follow it.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Looks at it at once, and again after each such time, or after five seconds where it could not be read. */
    public void every(Duration time, WatchedValue<?> changing) {
        lookAfter(Duration.ZERO, time, changing);
    }

    private void lookAfter(Duration wait, Duration time, WatchedValue<?> changing) {
        timer.schedule(
                () -> {
                    boolean isSooner = !check(changing) && time.compareTo(AGAIN) > 0;
                    lookAfter(isSooner ? AGAIN : time, time, changing);
                },
                wait.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Whether it could be read. */
    private static boolean check(WatchedValue<?> changing) {
        try {
            return changing.check();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A timer drops a task that throws.
            LOG.error("Not looked at", e);
        }
        return false;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
