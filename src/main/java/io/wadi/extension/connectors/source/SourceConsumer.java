package io.wadi.extension.connectors.source;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.Causes;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.DebouncedCheck;
import io.wadi.runtime.health.MonitoredDependency;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.support.DefaultConsumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a source on its own thread while this process owns it, and passes each read to the route. The records are in Kafka in one
 * transaction with the source offset before the next read. After a failure reading restarts from the offset in Kafka after a
 * backoff.
 */
public final class SourceConsumer extends DefaultConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(SourceConsumer.class);
    private static final Duration TURN = Duration.ofMillis(500);

    private final SourceContext sources;
    private final Subject subject;
    private final Supplier<SourceReader> readers;
    private final Clock clock = Clock.systemUTC();

    private MonitoredDependency watched;
    private DebouncedCheck check;
    private CountDownLatch stopped;
    private ExecutorService thread;

    private SourceOffsets positions;
    private SourceTransactions outbox;
    private SourceReader reader;

    /**
     * What is read.
     *
     * @param where for people
     * @param scope what distinguishes it from what other processes read under the same route; empty where that is the same
     * @param every the pause where there is nothing new
     */
    public record Subject(String where, String scope, Duration every) {}

    /**
     * Takes the context of all sources and a factory of readers.
     *
     * @param endpoint the route's input
     */
    public SourceConsumer(
            Endpoint endpoint,
            Processor processor,
            SourceContext sources,
            Subject subject,
            Supplier<SourceReader> readers) {
        super(endpoint, processor);
        this.sources = sources;
        this.subject = subject;
        this.readers = readers;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        watched = new MonitoredDependency(sources.patience(), clock);
        check = new DebouncedCheck(
                new DebouncedCheck.Subject(
                        "source:" + getRouteId(),
                        DebouncedCheck.Use.NONE,
                        subject.where(),
                        "the route %s waits, and goes on where it was by itself".formatted(getRouteId())),
                watched,
                clock);
        HealthCheckRegistry health = HealthCheckRegistry.get(getEndpoint().getCamelContext());
        if (health != null) {
            health.register(check);
        }
        stopped = new CountDownLatch(1);
        thread = getEndpoint().getCamelContext().getExecutorServiceManager().newSingleThreadExecutor(this, "Source");
        thread.execute(this::run);
    }

    private void run() {
        int failures = 0;
        Duration pause = Duration.ZERO;
        try {
            while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    pause = round() ? Duration.ZERO : subject.every();
                    failures = 0;
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    failures++;
                    pause = Backoff.after(failures);
                    failed(e, failures, pause);
                    letGo();
                    if (e instanceof KafkaException) {
                        closePositions(); // One that is made anew knows what Kafka has now.
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is read no more", subject.where());
        } finally {
            letGo();
            closePositions();
        }
    }

    /** Reads once; returns whether there may be more to read at once. */
    private boolean round() throws Exception {
        if (positions == null) {
            positions = sources.positions(name());
        }
        if (!positions.isOurTurn(reader == null ? TURN : Duration.ZERO)) {
            letGo();
            watched.update(CheckResult.proof("another process reads it, or Kafka has not decided yet"));
            return true;
        }
        if (reader == null) {
            begin();
        }
        SourceReader.Reading reading = reader.next();
        if (!reading.isNothing()) {
            handOver(new SourceBatch(reading, outbox));
            sources.counted(getRouteId(), reading.items().size());
        }
        watched.update(CheckResult.proof("read to where it ends, or on the way there"));
        return !reading.items().isEmpty();
    }

    private String name() {
        return getRouteId() + (subject.scope().isEmpty() ? "" : "@" + subject.scope());
    }

    private void begin() throws Exception {
        outbox = sources.outbox(name());
        Map<String, String> kept = positions.read();
        SourceReader made = readers.get();
        reader = made;
        made.begin(kept);
        LOG.info("{} is read by {} from {}", subject.where(), getRouteId(), kept.isEmpty() ? "its beginning" : kept);
    }

    private void handOver(SourceBatch batch) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getMessage().setBody(batch);
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            if (!batch.isKept()) {
                throw new IllegalStateException(
                        "route %s: no step to feed:topic has kept what was read".formatted(getRouteId()));
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void failed(Exception e, int failures, Duration pause) {
        String cause = Causes.inShort(e);
        LOG.warn(
                "{} of {}: {}; try {} follows in {} ms, nothing is lost",
                subject.where(),
                getRouteId(),
                cause,
                failures + 1,
                pause.toMillis());
        LOG.debug("{}", subject.where(), e);
        watched.update(CheckResult.fault(cause));
    }

    /** Closes reader and producer; keeps the ownership. */
    private void letGo() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        if (outbox != null) {
            outbox.close();
            outbox = null;
        }
    }

    private void closePositions() {
        if (positions != null) {
            positions.close();
            positions = null;
        }
    }

    /** Waits until the exchange in flight is completed. */
    @Override
    protected void doStop() throws Exception {
        if (thread != null) {
            stopped.countDown();
            getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(thread);
            thread = null;
            HealthCheckRegistry health = HealthCheckRegistry.get(getEndpoint().getCamelContext());
            if (health != null) {
                health.unregister(check);
            }
        }
        super.doStop();
    }
}
