package io.wadi.hdfs;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that an operation ends in time, by interrupting the thread that waits for it: whatever it waits for, and
 * whatever the site's files say of time-outs. Thread-safe.
 */
final class Watchdog implements AutoCloseable {
    private static final long LOOK_EVERY_MS = 250;

    private final Duration limit;
    private final ScheduledExecutorService timer;

    /** One look at all of them at intervals costs nothing; an alarm for each would wake a thread at every write. */
    private final Set<Watch> running = ConcurrentHashMap.newKeySet();

    /** Takes the longest time that an operation may take. */
    Watchdog(Duration limit) {
        this.limit = limit;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "wadi-hdfs-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** Interrupts what is late, again and again: the client sleeps on after an interrupt in some places. */
    private void look() {
        long now = System.nanoTime();
        for (Watch watch : running) {
            if (now - watch.begunNanos > limit.toNanos()) {
                watch.interrupt();
            }
        }
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
        running.add(watch);
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
            running.remove(watch);
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
        private final long begunNanos = System.nanoTime();
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
