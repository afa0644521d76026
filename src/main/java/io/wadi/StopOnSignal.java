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
        if (signals.incrementAndGet() == 1) {
            LOG.info("Stop requested");
            new Thread(this::stop, "wadi-stop").start();
        } else {
            LOG.warn("Second stop request: ending immediately; unfinished work is repeated at the next start");
            Runtime.getRuntime().halt(ExitCode.LEFT.number());
        }
    }

    private void stop() {
        long begin = System.nanoTime();
        AtomicBoolean isClosed = new AtomicBoolean();
        Thread closing = new Thread(
                () -> {
                    wadi.close();
                    isClosed.set(true);
                },
                "wadi-close");
        closing.setDaemon(true);
        closing.start();
        Duration within = wadi.stopWithin();
        try {
            closing.join(within.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!isClosed.get()) {
            wadi.abandonStop(
                    closing.isAlive() ? "closing did not end within " + Units.text(within) : "closing has failed",
                    Duration.ofNanos(System.nanoTime() - begin));
        }
        ExitCode code = wadi.isDrained() ? ExitCode.DRAINED : ExitCode.LEFT;
        Runtime.getRuntime().halt(code.number());
    }
}
