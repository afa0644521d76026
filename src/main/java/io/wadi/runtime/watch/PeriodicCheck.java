package io.wadi.runtime.watch;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A check that runs at a fixed delay on its own daemon thread until closed. A check that throws is logged and repeated. */
public final class PeriodicCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicCheck.class);

    private final Duration every;
    private final Runnable check;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Starts the thread; the first check runs immediately.
     *
     * @param name the name of the thread
     * @param every the pause between two checks
     */
    public PeriodicCheck(String name, Duration every, Runnable check) {
        this.every = every;
        this.check = check;
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            do {
                checkOnce();
            } while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkOnce() {
        try {
            check.run();
        } catch (RuntimeException e) {
            LOG.error("Check {} failed; repeated in {}", Thread.currentThread().getName(), every, e);
        }
    }

    /** Stops further checks without waiting for one that is running. */
    @Override
    public void close() {
        closed.countDown();
    }
}
