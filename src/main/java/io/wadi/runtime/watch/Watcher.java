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

    /** The maximum interval after a check that failed or that another check is to confirm. */
    private static final Duration MAX_RETRY_INTERVAL = Duration.ofSeconds(5);

    private final ScheduledThreadPoolExecutor timer;

    @FunctionalInterface
    public interface Check {
        /**
         * Checks for a change and handles it. A check that throws an exception or error is logged and repeated.
         *
         * @return false to check again soon: the source could not be read, or a change is to be confirmed
         */
        boolean check() throws InterruptedException;
    }

    /** Creates a watcher without checks. Its thread has this name and starts with the first check. */
    public Watcher(String name) {
        timer = new ScheduledThreadPoolExecutor(1, ThreadUtils.createThreadFactory(name, true));
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        // A check that ends after close() tries to schedule the next check.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Checks now and then at this interval; after a check that returned false or failed, within five seconds. */
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
            // The executor would discard the error and not repeat the check.
            FatalErrors.endOn(e);
            LOG.error("Check for changes failed; retrying: {}", e.getMessage(), e);
        }
        return false;
    }

    /** Stops further checks. Does not wait for a running check. */
    @Override
    public void close() {
        timer.shutdown();
    }

    /** Stops further checks and waits for a running check, which is interrupted after the timeout. */
    public void close(Duration timeout) throws InterruptedException {
        timer.shutdown();
        if (!timer.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            timer.shutdownNow();
        }
    }
}
