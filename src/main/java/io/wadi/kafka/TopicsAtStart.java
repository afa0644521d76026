package io.wadi.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies {@code topics.yaml} once at start, in a thread of its own that tries until Kafka answers: the pipeline starts
 * without Kafka and is ready when the topics are there. As a health check it is down until then.
 */
public final class TopicsAtStart extends AbstractHealthCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicsAtStart.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Topics topics;
    private final Supplier<Properties> client;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "wadi-topics");
    private volatile String waitingFor = "Kafka has not been asked yet";

    /** Takes the declarations and the settings of an admin client, asked for at the start. */
    public TopicsAtStart(Topics topics, Supplier<Properties> client) {
        super("wadi", "wadi-topics");
        this.topics = topics;
        this.client = client;
        thread.setDaemon(true);
    }

    /** Begins; does nothing where it has begun. */
    public synchronized void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    private void run() {
        try (Admin admin = Admin.create(client.get())) {
            do {
                waitingFor = attempt(admin);
            } while (waitingFor != null && !closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String attempt(Admin admin) throws InterruptedException {
        try {
            topics.apply(admin).forEach(difference -> LOG.warn("{}", difference));
            return null;
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            LOG.warn("Waiting for Kafka: {}", Causes.inShort(cause));
            return Causes.inShort(cause);
        }
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String waiting = waitingFor;
        if (waiting == null) {
            builder.up();
        } else {
            builder.message("the topics are not checked yet: " + waiting).down();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
