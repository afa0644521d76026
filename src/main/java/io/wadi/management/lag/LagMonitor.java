package io.wadi.management.lag;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.health.FatalErrors;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Monitors the lag of all groups of the cluster on its own thread. It reads Kafka's log of commits and takes samples of
 * committed offsets and end offsets at intervals, with timeouts. Its memory is bounded. Returning a report does not
 * wait for Kafka.
 */
public final class LagMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LagMonitor.class);
    private static final Duration LOG_TIMEOUT = Duration.ofSeconds(10);

    /** The number of samples after which topics that Wadi may not read are read again: access may have been granted. */
    static final int DENIED_SAMPLES = 30;

    private final Options options;
    private final Supplier<Properties> adminClient;
    private final Supplier<Properties> observer;
    private final LagStore store;
    private final EmptyLag emptyLag;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final LagTimeline timeline = new LagTimeline();
    private final LagSummary summary = new LagSummary(timeline);
    private volatile LagReport latest = LagReport.NONE;
    private volatile CommitLog log;
    /** The offsets at which the previous readers of the log have ended. */
    private Map<TopicPartition, Long> positions = Map.of();

    private volatile Admin admin;
    private ClusterMonitor cluster;
    private boolean isLogDenied;
    private int samplesToLog;
    private Thread thread;

    /**
     * The options of a monitor.
     *
     * @param interval the interval between samples
     * @param maxGroups maximum number of monitored groups
     * @param maxPartitions maximum number of evaluated partitions, counted per group
     */
    public record Options(Duration interval, LagEvaluator.Rules rules, int maxGroups, int maxPartitions) {}

    public LagMonitor(Options options, Supplier<Properties> adminClient, Supplier<Properties> observer) {
        // Commits are merged below half of the interval, so that commits at the interval of the samples are kept.
        this(
                options,
                adminClient,
                observer,
                new LagStore(new LagStore.Limits(
                        options.rules(),
                        options.maxPartitions(),
                        options.interval().toMillis() / 2)));
    }

    LagMonitor(Options options, Supplier<Properties> adminClient, Supplier<Properties> observer, LagStore store) {
        this.options = options;
        this.adminClient = adminClient;
        this.observer = observer;
        this.emptyLag = new EmptyLag(observer);
        this.store = store;
    }

    /** Creates a monitor with the settings {@code wadi.lag.*} and this interval between samples. */
    public static LagMonitor of(Settings settings, KafkaClients kafka, Duration interval) {
        return new LagMonitor(
                new Options(
                        interval,
                        new LagEvaluator.Rules(
                                settings.get(LagSettings.MAX_LAG),
                                settings.get(LagSettings.MIN_COMMITS).intValue()),
                        settings.get(LagSettings.MAX_GROUPS).intValue(),
                        settings.get(LagSettings.MAX_PARTITIONS).intValue()),
                kafka::adminProperties,
                kafka::readerProperties);
    }

    /** Starts the thread, unless it was started or the monitor is closed. Kafka may become available later. */
    public synchronized void start() {
        if (thread == null && closing.getCount() > 0) {
            thread = new Thread(this::run, "wadi-lag");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Returns the report of the last sample. */
    public LagReport latest() {
        return latest;
    }

    /**
     * Returns the last report by group and topic, with rates. It is the same object until the next report, and must not
     * be modified.
     */
    public ObjectNode summary() {
        return summary.of(latest);
    }

    /** Returns the lags over the last hour of the 50 groups with the largest lag. */
    public ObjectNode history() {
        return timeline.json();
    }

    /** Takes a sample on the caller's thread and returns its report. For commands, which do not call {@link #start}. */
    public LagReport sample() throws InterruptedException {
        try {
            if (admin == null) {
                admin = Admin.create(adminClient.get());
                cluster = new ClusterMonitor(admin, options.maxGroups());
            }
            readLog();
            ClusterSample sampled = cluster.sample();
            emptyLag.update(sampled);
            LagReport report = emptyLag.remove(store.update(sampled, log != null));
            timeline.add(report);
            latest = report;
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            problem(e);
        }
        return latest;
    }

    private void problem(Throwable e) {
        FatalErrors.endOn(e);
        if (closing.getCount() == 0) {
            return;
        }
        String cause = Causes.inShort(e);
        if (latest.problem().isEmpty()) {
            LOG.warn("Consumer lag is unknown: {}; retrying every {}", cause, Units.text(options.interval()));
        }
        latest = latest.withProblem(cause);
    }

    /** Reads the log. While Wadi is not authorized to, commits are detected by changed offsets. */
    private void readLog() {
        if (log != null && !log.readsAllAvailable()) {
            closeLog();
        }
        if (log == null) {
            if (samplesToLog > 0) {
                samplesToLog--;
            } else {
                openLog();
            }
        } else {
            try {
                log.readToEnd(LOG_TIMEOUT, store);
            } catch (InterruptException e) {
                throw e;
            } catch (RuntimeException | Error e) {
                closeLog();
                throw e;
            }
        }
    }

    private void openLog() {
        CommitLog opened = new CommitLog(observer.get());
        try {
            if (opened.open(positions)) {
                // The commits while access was denied are those of the samples; the log's would be added after them.
                opened.readToEnd(LOG_TIMEOUT, isLogDenied ? CommitLog.Listener.NONE : store);
                log = opened;
                isLogDenied = false;
            }
        } catch (AuthorizationException e) {
            samplesToLog = DENIED_SAMPLES;
            if (!isLogDenied) {
                isLogDenied = true;
                LOG.info(
                        "Wadi is not authorized to read {}: commits are detected by changed offsets, and STALL cannot"
                                + " be distinguished from STOP",
                        CommitLog.TOPIC);
            }
        } finally {
            if (log != opened) {
                positions = opened.positions();
                opened.close();
            }
        }
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                long next = System.nanoTime() + options.interval().toNanos();
                sample();
                readLogUntil(next);
            }
        } catch (InterruptedException | InterruptException e) {
            // The monitor was closed.
        } finally {
            release();
        }
    }

    private void readLogUntil(long next) throws InterruptedException {
        long left = next - System.nanoTime();
        while (left > 0 && closing.getCount() > 0) {
            if (log == null) {
                closing.await(left, TimeUnit.NANOSECONDS);
            } else {
                readLog(Duration.ofNanos(left));
            }
            left = next - System.nanoTime();
        }
    }

    /** Polls the log. Closes it after a failure; the next sample opens it again and continues at the same offsets. */
    private void readLog(Duration timeout) {
        try {
            log.read(timeout, store);
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            problem(e);
            closeLog();
        }
    }

    private void closeLog() {
        CommitLog failed = log;
        positions = failed.positions();
        log = null;
        try {
            failed.close();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("Closing the log of commits failed", e);
        }
    }

    private void release() {
        if (log != null) {
            log.close();
        }
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }

    @Override
    public synchronized void close() {
        closing.countDown();
        if (thread == null) {
            release();
        } else {
            // Interrupts Kafka's clients.
            thread.interrupt();
        }
    }
}
