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
    private static final Duration AGAIN = Duration.ofSeconds(5);

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

    /** Returns whether it could be read. */
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
