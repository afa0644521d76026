package io.wadi.extension.connectors.source;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.Causes;
import io.wadi.kafka.RouteControl;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.DebouncedCheck;
import io.wadi.runtime.health.HealthState;
import io.wadi.runtime.health.MonitoredDependency;
import io.wadi.runtime.health.SteadyClock;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.support.DefaultConsumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer that reads a source on its own thread while this process owns the source, and passes the records of each
 * poll to the route. Before the next poll, the records and the source offset are written to Kafka in one transaction.
 * After a failure, reading restarts with a backoff from the offset in Kafka.
 */
public final class SourceConsumer extends DefaultConsumer implements RouteControl.Task {
    private static final Logger LOG = LoggerFactory.getLogger(SourceConsumer.class);
    private static final Duration OWNERSHIP_POLL = Duration.ofMillis(500);
    /** A member that does not poll the group within its max.poll.interval.ms loses the ownership. */
    private static final Duration OWNERSHIP_INTERVAL = Duration.ofSeconds(5);

    private final SourceContext sources;
    private final Subject subject;
    private final SourceReaders readers;
    private final Clock clock = SteadyClock.instance();

    private volatile MonitoredDependency dependency;
    private DebouncedCheck check;
    private CountDownLatch stopped;
    private ExecutorService thread;

    private SourceOffsets offsets;
    private SourceTransactions transactions;
    private SourceReader reader;
    /** The problem of the last poll that succeeded in part; null for none. */
    private String problem;
    /** The time of the next read in terms of System.nanoTime. */
    private long nextRead;

    /**
     * The input of a source.
     *
     * @param where its name in messages
     * @param scope distinguishes it from the inputs that other processes read under the same route, such as the name of
     *     the host; empty if all of them read the same input
     * @param every the interval between polls that find nothing
     */
    public record Subject(String where, String scope, Duration every) {}

    /**
     * Creates a consumer.
     *
     * @param endpoint the input of the route
     * @param sources the context of all sources
     * @param readers the readers of the source; closed when this consumer stops
     */
    public SourceConsumer(
            Endpoint endpoint, Processor processor, SourceContext sources, Subject subject, SourceReaders readers) {
        super(endpoint, processor);
        this.sources = sources;
        this.subject = subject;
        this.readers = readers;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        dependency = new MonitoredDependency(sources.healthThresholds(), clock);
        check = new DebouncedCheck(
                new DebouncedCheck.Subject(
                        "source:" + getRouteId(),
                        DebouncedCheck.Use.NONE,
                        subject.where(),
                        "the route %s resumes at its source offset".formatted(getRouteId())),
                dependency,
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
            while (!stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    pause = poll();
                    failures = 0;
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception | StackOverflowError | LinkageError | AssertionError e) {
                    failures++;
                    pause = Backoff.after(failures);
                    failed(e, failures, pause);
                    closeReader();
                    if (e instanceof KafkaException) {
                        closeOffsets(); // A new instance reads the committed offsets.
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{}: reading was stopped", subject.where());
        } finally {
            closeReader();
            closeOffsets();
            readers.close();
        }
    }

    /** Confirms the ownership and, if it is time, polls once; returns the pause until the next call. */
    private Duration poll() throws Exception {
        if (offsets == null) {
            offsets = sources.offsets(name());
        }
        if (!offsets.isOwner(reader == null ? OWNERSHIP_POLL : Duration.ZERO)) {
            closeReader();
            if (offsets.isOwnedElsewhere()) {
                readers.release();
            }
            dependency.update(CheckResult.proof("another process owns it, or a rebalance is in progress"));
            return Duration.ZERO;
        }
        if (reader == null) {
            startReader();
            nextRead = System.nanoTime();
        }
        long left = nextRead - System.nanoTime();
        if (left <= 0) {
            left = read() ? 0 : subject.every().toNanos();
            nextRead = System.nanoTime() + left;
        }
        return Duration.ofNanos(Math.min(left, OWNERSHIP_INTERVAL.toNanos()));
    }

    /** Reads once; returns whether there may be more to read at once, even if what was read has no records. */
    private boolean read() throws Exception {
        SourceReader.Poll poll = reader.poll();
        if (!poll.isEmpty()) {
            process(new SourceBatch(poll, transactions));
            sources.counted(getRouteId(), poll.records().size());
        }
        update(reader.problem().orElse(null));
        return !poll.isEmpty();
    }

    /** Updates the health after a poll; logs each problem once, since it may recur at each poll. */
    private void update(String found) {
        if (!Objects.equals(found, problem)) {
            if (found == null) {
                LOG.info("{}: route {} can read all of its input again", subject.where(), getRouteId());
            } else {
                LOG.warn(
                        "{}: route {} cannot read all of its input, retrying: {}",
                        subject.where(),
                        getRouteId(),
                        found);
            }
        }
        problem = found;
        dependency.update(found == null ? CheckResult.proof("the last poll succeeded") : CheckResult.fault(found));
    }

    private String name() {
        return getRouteId() + (subject.scope().isEmpty() ? "" : "@" + subject.scope());
    }

    private void startReader() throws Exception {
        transactions = sources.transactions(name());
        Map<String, String> committed = offsets.read();
        SourceReader made = readers.create(getRouteId());
        reader = made;
        made.start(committed);
        LOG.info(
                "{}: route {} reads from {}",
                subject.where(),
                getRouteId(),
                committed.isEmpty() ? "its beginning" : committed);
    }

    private void process(SourceBatch batch) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getMessage().setBody(batch);
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            if (!batch.isCommitted()) {
                throw new IllegalStateException(
                        "route %s: no step has sent the records to source-records:topic, which commits them"
                                .formatted(getRouteId()));
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void failed(Throwable e, int failures, Duration pause) {
        String cause = Causes.inShort(e);
        LOG.warn(
                "{}: reading by route {} failed, retrying in {} (attempt {}): {}",
                subject.where(),
                getRouteId(),
                Units.text(pause),
                failures + 1,
                cause);
        LOG.debug("{}", subject.where(), e);
        dependency.update(CheckResult.fault(cause));
    }

    /** Returns false: the route is paused by stopping this consumer. */
    @Override
    public boolean isPaused() {
        return false;
    }

    @Override
    public Optional<String> lastingFailure() {
        HealthState state = dependency == null ? null : dependency.now();
        return state == null || state.state() != HealthState.State.DOWN
                ? Optional.empty()
                : Optional.ofNullable(state.fault());
    }

    /** Closes the reader and the producer; this process remains the owner. */
    private void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        if (transactions != null) {
            transactions.close();
            transactions = null;
        }
    }

    private void closeOffsets() {
        if (offsets != null) {
            offsets.close();
            offsets = null;
        }
    }

    /** Waits until the exchange in flight is complete. */
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
