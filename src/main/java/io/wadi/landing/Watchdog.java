package io.wadi.landing;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that an operation ends in time, by interrupting the thread that waits for it: whatever it waits for, and
 * whatever the site's files say of time-outs. Thread-safe.
 */
final class Watchdog implements AutoCloseable {
    private static final long AGAIN_MS = 500;

    private final Duration limit;
    private final ScheduledThreadPoolExecutor timer;

    /** Takes the longest time that an operation may take. */
    Watchdog(Duration limit) {
        this.limit = limit;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "wadi-hdfs-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Something that waits for HDFS. */
    interface Operation<T> {
        T run() throws IOException;
    }

    /**
     * Runs an operation.
     *
     * @throws SocketTimeoutException where it took longer than the limit; what it began may have happened all the same
     */
    <T> T watch(Operation<T> operation) throws IOException {
        Watch watch = new Watch(Thread.currentThread());
        Future<?> alarm =
                timer.scheduleWithFixedDelay(watch::interrupt, limit.toMillis(), AGAIN_MS, TimeUnit.MILLISECONDS);
        IOException failure = null;
        try {
            T result = operation.run();
            if (!watch.end()) {
                return result;
            }
        } catch (IOException e) {
            if (!watch.end()) {
                throw e;
            }
            failure = e;
        } finally {
            alarm.cancel(false);
            watch.end();
        }
        SocketTimeoutException late = new SocketTimeoutException("not done in " + limit.toSeconds() + " s");
        late.initCause(failure);
        throw late;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** The run of one operation. */
    private static final class Watch {
        private final Thread thread;
        private boolean ended;
        private boolean interrupted;

        Watch(Thread thread) {
            this.thread = thread;
        }

        /** Again and again: the client sleeps on after an interrupt in some places. */
        synchronized void interrupt() {
            if (!ended) {
                interrupted = true;
                thread.interrupt();
            }
        }

        /** Returns whether the operation was interrupted, and leaves no trace of that. */
        synchronized boolean end() {
            if (!ended && interrupted) {
                Thread.interrupted();
            }
            ended = true;
            return interrupted;
        }
    }
}
