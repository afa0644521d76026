package io.wadi.extension.cards.flow;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks which models are chosen, again and again, on a thread of its own. */
public final class ModelsWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelsWatch.class);

    private final ModelsInForce models;
    private final Duration every;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Begins to look. */
    public ModelsWatch(ModelsInForce models, Duration every) {
        this.models = models;
        this.every = every;
        Thread thread = new Thread(this::run, "wadi-card-models");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            do {
                look();
            } while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            models.look();
        } catch (RuntimeException e) {
            // The thread has to go on: what is found at the next look may be another.
            LOG.error("The models of card payments were not looked at", e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
