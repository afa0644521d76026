package io.wadi.hdfs;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.kafka.common.utils.ThreadUtils;

/**
 * Limits the duration of operations, independent of the timeouts in the site's files, by interrupting the threads that
 * run them. Thread-safe.
 */
final class Watchdog implements AutoCloseable {
    private static final long CHECK_INTERVAL_MS = 250;

    private final Duration limit;
    private final ScheduledExecutorService timer;

    /** Checked at intervals, since a timer for each operation would wake a thread at every write. */
    private final Set<Watch> running = ConcurrentHashMap.newKeySet();

    Watchdog(Duration limit) {
        this.limit = limit;
        this.timer =
                Executors.newSingleThreadScheduledExecutor(ThreadUtils.createThreadFactory("wadi-hdfs-watchdog", true));
        timer.scheduleWithFixedDelay(
                this::interruptOverdue, CHECK_INTERVAL_MS, CHECK_INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    /** Interrupts overdue operations repeatedly, since the client ignores an interrupt in some places. */
    private void interruptOverdue() {
        long now = System.nanoTime();
        for (Watch watch : running) {
            if (now - watch.startNanos > limit.toNanos()) {
                watch.interrupt();
            }
        }
    }

    /**
     * Runs an operation.
     *
     * @throws SocketTimeoutException if the operation exceeded the limit; it may have taken effect
     */
    <T> T watch(ThrowingSupplier<T, IOException> operation) throws IOException {
        return watch(operation, result -> {});
    }

    /**
     * Runs an operation that opens a resource.
     *
     * @param late receives the resource if the operation opened it but exceeded the limit
     * @throws SocketTimeoutException if the operation exceeded the limit; it may have taken effect
     */
    <T> T watch(ThrowingSupplier<T, IOException> operation, Consumer<T> late) throws IOException {
        Watch watch = new Watch(Thread.currentThread());
        running.add(watch);
        IOException failure = null;
        try {
            T result = operation.get();
            if (!watch.end()) {
                return result;
            }
            late.accept(result);
        } catch (IOException e) {
            if (!watch.end()) {
                throw e;
            }
            failure = e;
        } finally {
            running.remove(watch);
            watch.end();
        }
        SocketTimeoutException timeout = new SocketTimeoutException("timed out after " + limit.toSeconds() + " s");
        timeout.initCause(failure);
        throw timeout;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private static final class Watch {
        private final Thread thread;
        private final long startNanos = System.nanoTime();
        private boolean ended;
        private boolean interrupted;

        Watch(Thread thread) {
            this.thread = thread;
        }

        synchronized void interrupt() {
            if (!ended) {
                interrupted = true;
                thread.interrupt();
            }
        }

        /** Ends the watch and clears the thread's interrupt. Returns whether the operation was interrupted. */
        synchronized boolean end() {
            if (!ended && interrupted) {
                Thread.interrupted();
            }
            ended = true;
            return interrupted;
        }
    }
}
