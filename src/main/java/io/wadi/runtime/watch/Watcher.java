package io.wadi.runtime.watch;

import io.wadi.runtime.health.FatalErrors;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.ThreadUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread that checks files and {@linkplain WatchedValue watched values} for changes. */
public final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    /** The longest interval after a failed read. */
    private static final Duration MAX_RETRY_INTERVAL = Duration.ofSeconds(5);

    private final ScheduledThreadPoolExecutor timer;

    /** A repeated check. */
    @FunctionalInterface
    public interface Check {
        /**
         * Checks for a change and handles it. A check that throws an exception or error is logged and repeated.
         *
         * @return whether the source could be read
         */
        boolean check() throws InterruptedException;
    }

    /** Creates a watcher of nothing, without a thread yet. */
    public Watcher() {
        this("wadi-reload");
    }

    /** Creates a watcher of nothing, without a thread yet, which will have this name. */
    public Watcher(String name) {
        timer = new ScheduledThreadPoolExecutor(1, ThreadUtils.createThreadFactory(name, true));
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        // A check that ends after close() would schedule another one.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Checks now and at this interval, or after five seconds if the source could not be read. */
    public void every(Duration interval, Check check) {
        schedule(Duration.ZERO, interval, check);
    }

    private void schedule(Duration delay, Duration interval, Check check) {
        timer.schedule(
                () -> {
                    boolean isSooner = !succeeds(check) && interval.compareTo(MAX_RETRY_INTERVAL) > 0;
                    schedule(isSooner ? MAX_RETRY_INTERVAL : interval, interval, check);
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static boolean succeeds(Check check) {
        try {
            return check.check();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // A timer drops a task that throws, and its error.
            FatalErrors.endOn(e);
            LOG.error("Check for changes failed; retrying: {}", e.getMessage(), e);
        }
        return false;
    }

    /** Stops further checks without waiting for one that is running. */
    @Override
    public void close() {
        timer.shutdown();
    }

    /** Stops further checks and waits for one that is running, which is interrupted after the timeout. */
    public void close(Duration timeout) throws InterruptedException {
        timer.shutdown();
        if (!timer.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            timer.shutdownNow();
        }
    }
}
