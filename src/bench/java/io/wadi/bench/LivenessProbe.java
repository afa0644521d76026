package io.wadi.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Probes once a second whether a process is live, like an orchestrator that restarts it after several consecutive
 * failures.
 */
final class LivenessProbe implements AutoCloseable {
    /** Consecutive failures before a restart; Kubernetes' default. */
    static final int FAILURES_BEFORE_RESTART = 3;

    private final Callable<Boolean> isLive;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private long probes;
    private long failures;
    private long inARow;
    private long mostInARow;
    private long slowestMs;

    private LivenessProbe(Callable<Boolean> isLive) {
        this.isLive = isLive;
    }

    /** Returns a probe that runs only when {@link #probe} is called. */
    static LivenessProbe of(Callable<Boolean> isLive) {
        return new LivenessProbe(isLive);
    }

    static LivenessProbe start(Callable<Boolean> isLive) {
        LivenessProbe started = of(isLive);
        started.timer.scheduleAtFixedRate(started::probe, 1, 1, TimeUnit.SECONDS);
        return started;
    }

    void probe() {
        long begin = System.nanoTime();
        boolean live;
        try {
            live = isLive.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (Exception e) {
            live = false;
        }
        add(live, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private synchronized void add(boolean live, long ms) {
        probes++;
        slowestMs = Math.max(slowestMs, ms);
        inARow = live ? 0 : inARow + 1;
        failures += live ? 0 : 1;
        mostInARow = Math.max(mostInARow, inARow);
    }

    /** Returns whether an orchestrator would have restarted the process. */
    synchronized boolean isRestarted() {
        return mostInARow >= FAILURES_BEFORE_RESTART;
    }

    /** Adds the number of probes and the duration of the slowest one to a JSON object. */
    synchronized void write(ObjectNode node) {
        node.put("probes", probes)
                .put("failed", failures)
                .put("failed_in_a_row", mostInARow)
                .put("slowest_ms", slowestMs);
    }

    @Override
    public void close() throws InterruptedException {
        timer.shutdownNow();
        timer.awaitTermination(1, TimeUnit.MINUTES);
    }
}
