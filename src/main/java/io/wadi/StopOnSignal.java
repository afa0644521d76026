package io.wadi;

import io.wadi.runtime.ExitCode;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.shutdown.Signals;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process on SIGTERM, SIGINT (Ctrl-C) or SIGHUP. The first signal starts an orderly shutdown. A second signal
 * ends the process immediately, which loses no records, since offsets are committed only after completion. With a
 * shutdown hook, the exit code after SIGTERM would be 143, and a second signal would have no effect.
 */
final class StopOnSignal {
    private static final Logger LOG = LoggerFactory.getLogger(StopOnSignal.class);

    private static final Duration LOG_TIMEOUT = Duration.ofSeconds(1);

    private final Wadi wadi;
    private final AtomicInteger signals = new AtomicInteger();

    private StopOnSignal(Wadi wadi) {
        this.wadi = wadi;
    }

    /** Installs the signal handlers. */
    static StopOnSignal of(Wadi wadi) {
        StopOnSignal stop = new StopOnSignal(wadi);
        Signals.onStop(stop::onSignal);
        return stop;
    }

    /** Returns whether a signal was received. */
    boolean isRequested() {
        return signals.get() > 0;
    }

    private void onSignal() {
        // Logging comes last or has a limit, since it blocks while the output is not read.
        if (signals.incrementAndGet() == 1) {
            new Thread(this::stop, "wadi-stop").start();
            LOG.info("Stop requested");
        } else {
            within(
                    LOG_TIMEOUT,
                    "wadi-second-stop",
                    () -> LOG.warn(
                            "Second stop request: ending immediately; unfinished work is repeated at the next start"));
            Runtime.getRuntime().halt(ExitCode.LEFT.number());
        }
    }

    /** Runs a task on a thread of its own for a limited time. Returns whether its thread has ended. */
    private static boolean within(Duration timeout, String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(timeout.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void stop() {
        long begin = System.nanoTime();
        AtomicBoolean isClosed = new AtomicBoolean();
        Duration limit = wadi.stopWithin();
        boolean hasEnded = within(limit, "wadi-close", () -> {
            wadi.close();
            isClosed.set(true);
        });
        if (!isClosed.get()) {
            String why = hasEnded ? "closing has failed" : "closing did not end within " + Units.text(limit);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
            within(LOG_TIMEOUT, "wadi-stop-report", () -> wadi.abandonStop(why, elapsed));
        }
        ExitCode code = wadi.isDrained() ? ExitCode.DRAINED : ExitCode.LEFT;
        Runtime.getRuntime().halt(code.number());
    }
}
