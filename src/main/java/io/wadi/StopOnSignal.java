package io.wadi;

import io.wadi.runtime.ExitCode;
import io.wadi.runtime.shutdown.Signals;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process at SIGTERM, SIGINT (Ctrl-C) or SIGHUP: at the first in order, at the second at once, which is as safe, since
 * nothing is committed before it is done. Not by a shutdown hook: after one the exit code is 143, and a second signal is not heard.
 */
final class StopOnSignal {
    private static final Logger LOG = LoggerFactory.getLogger(StopOnSignal.class);

    private final Wadi wadi;
    private final AtomicInteger signals = new AtomicInteger();

    private StopOnSignal(Wadi wadi) {
        this.wadi = wadi;
    }

    /** Listens from now on. */
    static StopOnSignal of(Wadi wadi) {
        StopOnSignal stop = new StopOnSignal(wadi);
        Signals.onStop(stop::asked);
        return stop;
    }

    /** Whether the process is about to end. */
    boolean isAsked() {
        return signals.get() > 0;
    }

    private void asked() {
        if (signals.incrementAndGet() == 1) {
            LOG.info("Asked to stop");
            new Thread(this::stop, "wadi-stop").start();
        } else {
            LOG.warn("Asked to stop again: ended at once; what is left is done again at the next start");
            Runtime.getRuntime().halt(ExitCode.LEFT.number());
        }
    }

    private void stop() {
        Thread closing = new Thread(wadi::close, "wadi-close");
        closing.setDaemon(true);
        closing.start();
        Duration within = wadi.stopWithin();
        try {
            closing.join(within.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Of no effect where everything is closed and the report made.
        wadi.giveUp(closing.isAlive() ? "something still holds it up after " + within : "closing has failed");
        ExitCode code = wadi.isDrained() ? ExitCode.DRAINED : ExitCode.LEFT;
        Runtime.getRuntime().halt(code.number());
    }
}
