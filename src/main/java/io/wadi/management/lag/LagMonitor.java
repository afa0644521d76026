package io.wadi.management.lag;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.config.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the lag of all groups of the cluster on a thread of its own: reads Kafka's log of commits and looks at offsets and
 * ends at intervals, one look at a time, each with time limits. What it remembers is bounded. Nobody who asks waits for Kafka.
 */
public final class LagMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LagMonitor.class);
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);

    private final Options options;
    private final Supplier<Properties> adminClient;
    private final Supplier<Properties> observer;
    private final LagStore memory;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final LagTimeline timeline = new LagTimeline();
    private final LagSummary summary = new LagSummary(timeline);
    private volatile LagReport latest = LagReport.NOTHING;
    private volatile CommitLog log;
    private volatile Admin admin;
    private ClusterMonitor cluster;
    private boolean logIsRefused;
    private Thread thread;

    /**
     * How it watches.
     *
     * @param every how often Kafka is looked at
     * @param rules how partitions are judged
     * @param mostGroups that are looked at
     * @param mostPartitions of groups that are judged, each of each group counted
     */
    public record Options(Duration every, LagEvaluator.Rules rules, int mostGroups, int mostPartitions) {}

    /** Takes the settings of an admin client and of a consumer that looks beside others; nothing is begun yet. */
    public LagMonitor(Options options, Supplier<Properties> adminClient, Supplier<Properties> observer) {
        this.options = options;
        this.adminClient = adminClient;
        this.observer = observer;
        // Half of it, so that what commits as often as Kafka is looked at keeps all its commits.
        this.memory = new LagStore(new LagStore.Limits(
                options.rules(), options.mostPartitions(), options.every().toMillis() / 2));
    }

    /** A watch by the settings {@code wadi.lag.*} that looks as often as this; nothing is begun yet. */
    public static LagMonitor of(Settings settings, KafkaClients kafka, Duration every) {
        return new LagMonitor(
                new Options(
                        every,
                        new LagEvaluator.Rules(
                                settings.get(LagSettings.MAX_LAG),
                                settings.get(LagSettings.MIN_COMMITS).intValue()),
                        settings.get(LagSettings.MAX_GROUPS).intValue(),
                        settings.get(LagSettings.MAX_PARTITIONS).intValue()),
                kafka::adminProperties,
                () -> kafka.observerProperties("none"));
    }

    /** Begins; without effect where it has begun or is closed. Kafka may come later. */
    public synchronized void start() {
        if (thread == null && closing.getCount() > 0) {
            thread = new Thread(this::run, "wadi-lag");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** What was known at the last look. */
    public LagReport latest() {
        return latest;
    }

    /** The last look in short, by group and topic, with rates; the same object until there is another. Not to be changed. */
    public ObjectNode summary() {
        return summary.of(latest);
    }

    /** How far groups were behind at the looks of the last hour, of the fifty that were furthest behind. */
    public ObjectNode history() {
        return timeline.json();
    }

    /** Looks now, on the caller's thread, in place of {@link #start}: for a command that asks once or twice. */
    public LagReport look() throws InterruptedException {
        try {
            if (admin == null) {
                admin = Admin.create(adminClient.get());
                cluster = new ClusterMonitor(admin, options.mostGroups(), Clock.systemUTC());
            }
            readLog();
            LagReport report = memory.look(cluster.take(), log != null);
            timeline.add(report);
            latest = report;
        } catch (InterruptException e) {
            throw e;
        } catch (ExecutionException | RuntimeException e) {
            problem(e);
        }
        return latest;
    }

    private void problem(Exception e) {
        if (closing.getCount() == 0) {
            return;
        }
        String why = Causes.inShort(e);
        if (latest.problem().isEmpty()) {
            LOG.warn("The lag of groups is not known: {}; looked at again every {}", why, options.every());
        }
        latest = latest.withProblem(why);
    }

    /** Where Wadi may not read the log, commits are known by offsets that have changed. */
    private void readLog() {
        if (log != null) {
            log.readToEnd(READ_WITHIN, memory);
        } else if (!logIsRefused) {
            openLog();
        }
    }

    private void openLog() {
        CommitLog opened = new CommitLog(observer.get());
        try {
            if (opened.open()) {
                opened.readToEnd(READ_WITHIN, memory);
                log = opened;
            }
        } catch (AuthorizationException e) {
            logIsRefused = true;
            LOG.info(
                    "Wadi may not read {}: commits are known by offsets that change, and STALL cannot be told from STOP",
                    CommitLog.TOPIC);
        } finally {
            if (log != opened) {
                opened.close();
            }
        }
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                long next = System.nanoTime() + options.every().toNanos();
                look();
                follow(next);
            }
        } catch (InterruptedException | InterruptException e) {
            // closed
        } finally {
            release();
        }
    }

    /** Until the next look. */
    private void follow(long next) throws InterruptedException {
        long left = next - System.nanoTime();
        while (left > 0 && closing.getCount() > 0) {
            if (log == null) {
                closing.await(left, TimeUnit.NANOSECONDS);
            } else {
                followLog(Duration.ofNanos(left));
            }
            left = next - System.nanoTime();
        }
    }

    /** Begins anew at the next look where it fails. */
    private void followLog(Duration longest) {
        try {
            log.read(longest, memory);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            problem(e);
            log.close();
            log = null;
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

    /** Ends it at once, whatever Kafka does. */
    @Override
    public synchronized void close() {
        closing.countDown();
        if (thread == null) {
            release();
        } else {
            // Whatever it waits for, Kafka's clients say so at once.
            thread.interrupt();
        }
    }
}
