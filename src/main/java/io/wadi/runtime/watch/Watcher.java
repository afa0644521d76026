package io.wadi.runtime.watch;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that checks {@linkplain WatchedValue watched values} for changes. */
public final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    /** The longest interval after a failed read. */
    private static final Duration MAX_RETRY_INTERVAL = Duration.ofSeconds(5);

    private final ScheduledThreadPoolExecutor timer;

    /** Creates a watcher of nothing, without a thread yet. */
    public Watcher() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "wadi-reload");
            thread.setDaemon(true);
            return thread;
        });
        // A check that ends after close() would schedule another one.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Checks a value now and at this interval, or after five seconds if it could not be read. */
    public void every(Duration interval, WatchedValue<?> value) {
        schedule(Duration.ZERO, interval, value);
    }

    private void schedule(Duration delay, Duration interval, WatchedValue<?> value) {
        timer.schedule(
                () -> {
                    boolean isSooner = !check(value) && interval.compareTo(MAX_RETRY_INTERVAL) > 0;
                    schedule(isSooner ? MAX_RETRY_INTERVAL : interval, interval, value);
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Returns whether the value could be read. */
    private static boolean check(WatchedValue<?> value) {
        try {
            return value.check();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A timer drops a task that throws.
            LOG.error("Check for changes failed", e);
        }
        return false;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
