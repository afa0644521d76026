package io.wadi.runtime.health;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the check of a server periodically on its own thread: at most one check is in progress, and a server that does
 * not respond blocks this thread only.
 */
public final class Prober implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    private static final long CLOSE_TIMEOUT_MS = 2000;
    private static final long INITIAL_INTERVAL_MS = 200;

    private final String name;
    private final Probe probe;
    private final MonitoredDependency watched;
    private final Duration every;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private HealthState.State logged;

    /** A check of a server. An instance is used by one thread. */
    public interface Probe extends AutoCloseable {
        /** Runs the check. Returns a failure as a fault with its cause; the next check recreates failed clients. */
        CheckResult check() throws InterruptedException;

        /** Closes connections without waiting for the server. */
        @Override
        default void close() {}
    }

    /**
     * Creates a prober without starting its thread.
     *
     * @param name the name of the check, for the log
     * @param watched the state that receives the results
     */
    public Prober(String name, Duration every, Probe probe, MonitoredDependency watched) {
        this.name = name;
        this.every = every;
        this.probe = probe;
        this.watched = watched;
        this.thread = new Thread(this::run, "wadi-health-" + name);
        thread.setDaemon(true);
    }

    /** Starts the thread; does nothing if it was started. */
    public synchronized void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    private void run() {
        try {
            do {
                check();
            } while (!closed.await(pauseMs(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("{}: checks stopped", name);
        } finally {
            closeProbe();
        }
    }

    /** Closes the probe. Clears the thread's interrupt status first, so that clients close normally. */
    private void closeProbe() {
        if (Thread.interrupted()) {
            LOG.debug("{}: checks stopped", name);
        }
        try {
            probe.close();
        } catch (RuntimeException e) {
            LOG.debug("{} was not closed normally", name, e);
        }
    }

    /** Returns the pause between checks. It is shorter until one has succeeded, since readiness waits for that. */
    private long pauseMs() {
        return watched.now().proof() == null ? Math.min(every.toMillis(), INITIAL_INTERVAL_MS) : every.toMillis();
    }

    private void check() throws InterruptedException {
        watched.checkStarted();
        CheckResult result;
        try {
            result = probe.check();
        } catch (RuntimeException | Error e) {
            // An error would end the thread, and the check would be down until the process ends.
            FatalErrors.endOn(e);
            LOG.debug("{} failed", name, e);
            result = CheckResult.fault(e.toString());
        }
        if (closed.getCount() > 0) {
            logChange(watched.checkCompleted(result));
        }
    }

    /**
     * Logs a change of the state. The failure of a check that has never succeeded is logged only after the down
     * threshold, since the server may start later than Wadi.
     */
    private void logChange(HealthState now) {
        boolean isChange = logged != now.state()
                && (now.proof() != null
                        || !now.checkedAt()
                                .isBefore(now.since().plus(watched.thresholds().downAfter())));
        if (!isChange) {
            return;
        }
        logged = now.state();
        if (now.isUp()) {
            LOG.info("Health check {} is up since {}: {}", name, now.since(), now.proof());
        } else {
            LOG.warn("Health check {} is down since {}: {}", name, now.since(), now.fault());
        }
    }

    /** Stops the checks. Interrupts a running check and waits up to two seconds for its end. */
    @Override
    public synchronized void close() throws InterruptedException {
        closed.countDown();
        if (thread.getState() != Thread.State.NEW) {
            thread.interrupt();
            thread.join(CLOSE_TIMEOUT_MS);
        }
    }
}
