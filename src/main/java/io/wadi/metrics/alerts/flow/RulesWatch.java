package io.wadi.metrics.alerts.flow;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the file of rules, so often that a change is seen, and seen again, within a second. */
public final class RulesWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RulesWatch.class);
    private static final Duration EVERY = Duration.ofMillis(400);

    private final RulesInForce rules;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Begins to look. */
    public RulesWatch(RulesInForce rules) {
        this.rules = rules;
        Thread thread = new Thread(this::run, "wadi-alert-rules");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            rules.look();
        } catch (RuntimeException e) {
            // The thread has to go on: the next content may be another.
            LOG.error("The rules were not looked at", e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
