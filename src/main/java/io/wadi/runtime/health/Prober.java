package io.wadi.runtime.health;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the checks of one server periodically on its own thread: at most one check is in progress, and a server that
 * does not respond blocks this thread only.
 */
public final class Prober implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    private static final long CLOSE_TIMEOUT_MS = 2000;
    private static final long INITIAL_INTERVAL_MS = 200;

    private final String server;
    private final List<ProbedCheck> checks;
    private final Duration every;
    private final Map<ProbedCheck, HealthState.State> logged = new HashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** A check of a server. An instance is used by one thread. */
    public interface Probe extends AutoCloseable {
        /** Runs the check. Returns a failure as a fault with its cause; the next check recreates failed clients. */
        CheckResult check() throws InterruptedException;

        /** Closes connections without waiting for the server. */
        @Override
        default void close() {}
    }

    /**
     * A probe and the state that receives its results.
     *
     * @param check the name of the check, for the log
     */
    public record ProbedCheck(String check, Probe probe, MonitoredDependency watched) {}

    /** Creates a prober that runs the checks one after another, and then pauses for the interval. */
    public Prober(String server, Duration every, List<ProbedCheck> checks) {
        this.server = server;
        this.every = every;
        this.checks = List.copyOf(checks);
        this.thread = new Thread(this::run, "wadi-health-" + server);
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
                for (ProbedCheck each : checks) {
                    run(each);
                }
            } while (!closed.await(pauseMs(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("Checks of {} stopped", server);
        } finally {
            closeProbes();
        }
    }

    /** Closes the probes. Clears the thread's interrupt status first, so that clients close normally. */
    private void closeProbes() {
        if (Thread.interrupted()) {
            LOG.debug("Checks of {} stopped", server);
        }
        for (ProbedCheck each : checks) {
            try {
                each.probe().close();
            } catch (RuntimeException e) {
                LOG.debug("{}: {} was not closed normally", server, each.check(), e);
            }
        }
    }

    /**
     * Returns the pause between checks. It is shorter until all have succeeded once, since readiness waits for that.
     */
    private long pauseMs() {
        boolean allSucceeded =
                checks.stream().allMatch(each -> each.watched().now().proof() != null);
        return allSucceeded ? every.toMillis() : Math.min(every.toMillis(), INITIAL_INTERVAL_MS);
    }

    private void run(ProbedCheck check) throws InterruptedException {
        check.watched().checkStarted();
        CheckResult result;
        try {
            result = check.probe().check();
        } catch (RuntimeException e) {
            LOG.debug("{}: {} failed", server, check.check(), e);
            result = CheckResult.fault(e.toString());
        }
        if (closed.getCount() > 0) {
            logChange(check, check.watched().checkCompleted(result));
        }
    }

    /**
     * Logs a change of the state. The failure of a check that has never succeeded is logged only after the down
     * threshold, since the server may start later than Wadi.
     */
    private void logChange(ProbedCheck check, HealthState now) {
        boolean isChange = logged.get(check) != now.state()
                && (now.proof() != null
                        || !now.checkedAt()
                                .isBefore(now.since()
                                        .plus(check.watched().thresholds().downAfter())));
        if (!isChange) {
            return;
        }
        logged.put(check, now.state());
        if (now.isUp()) {
            LOG.info("Health check {} is up since {}: {}", check.check(), now.since(), now.proof());
        } else {
            LOG.warn("Health check {} is down since {}: {}", check.check(), now.since(), now.fault());
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
