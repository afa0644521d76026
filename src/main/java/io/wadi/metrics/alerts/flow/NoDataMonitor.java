package io.wadi.metrics.alerts.flow;

import io.wadi.kafka.Causes;
import io.wadi.metrics.alerts.flow.NoDataClocks.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A monitor of the time up to which all documents of hosts have been processed, by which tasks detect hosts that send
 * none. Each check records the times of the tasks' clocks, then waits until each group in turn has committed the end
 * offsets of its topics. All documents that were in Kafka when the check began are then processed, and the tasks
 * receive the recorded times. Consumer lag and outages of Kafka therefore never count as missing data.
 */
public final class NoDataMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NoDataMonitor.class);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);
    private static final Duration OFFSETS_INTERVAL = Duration.ofMillis(200);
    private static final Duration REPORT_AFTER = Duration.ofMinutes(1);

    private final List<Reader> readers;
    private final NoDataClocks noDataClocks;
    private final Supplier<Properties> adminSettings;
    private final Supplier<Properties> readerSettings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "wadi-no-data");
    private final KafkaAvailability availability = new KafkaAvailability();
    private volatile String waitingFor = "the first check";
    private volatile long lastProgress;

    /** A consumer group and its input topics. */
    public record Reader(String group, Collection<String> topics) {}

    /**
     * Starts the monitor's thread.
     *
     * @param readers in the order in which documents pass through them; the tasks of the last one receive the progress
     * @param adminSettings supplies the properties of an admin client
     * @param readerSettings supplies the properties of a consumer without a group
     */
    public NoDataMonitor(
            List<Reader> readers,
            NoDataClocks noDataClocks,
            Supplier<Properties> adminSettings,
            Supplier<Properties> readerSettings) {
        this.readers = List.copyOf(readers);
        this.noDataClocks = noDataClocks;
        this.adminSettings = adminSettings;
        this.readerSettings = readerSettings;
        this.lastProgress = noDataClocks.nanos();
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            do {
                checkUntilFailure();
            } while (!closed.await(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkUntilFailure() throws InterruptedException {
        try (Admin admin = Admin.create(adminSettings.get())) {
            GroupProgress progressOfGroups = new GroupProgress(admin, readerSettings);
            do {
                check(progressOfGroups);
            } while (!closed.await(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (KafkaException e) {
            suspended("Kafka: " + Causes.inShort(e), e);
        } catch (RuntimeException | LinkageError e) {
            // An error would end the thread, and no-data alerts would be suspended without a report.
            suspended("the next check, since one failed: " + Causes.inShort(e), e);
        }
    }

    private void suspended(String reason, Throwable e) {
        availability.failed();
        waitingFor = reason;
        LOG.debug("No-data detection is suspended", e);
    }

    private void check(GroupProgress progressOfGroups) throws InterruptedException {
        long began = noDataClocks.nanos();
        Map<TaskClock, Long> times = new HashMap<>();
        noDataClocks.clocks().forEach(clock -> times.put(clock, clock.now()));
        for (Reader reader : readers) {
            Map<TopicPartition, Long> ends = progressOfGroups.ends(reader.topics());
            if (!awaitRead(progressOfGroups, reader, ends)) {
                return;
            }
        }
        waitingFor = null;
        lastProgress = began;
        long availableMs = availability.availableMs(began);
        times.forEach((clock, time) -> clock.update(new Progress(time, availableMs)));
    }

    /** Returns false if the monitor was closed while waiting. */
    private boolean awaitRead(GroupProgress progressOfGroups, Reader reader, Map<TopicPartition, Long> ends)
            throws InterruptedException {
        while (true) {
            Map<TopicPartition, Long> unread = progressOfGroups.unread(reader.group(), ends);
            availability.succeeded(noDataClocks.nanos());
            if (unread.isEmpty()) {
                return true;
            }
            waitingFor = "group %s, which has not committed %s".formatted(reader.group(), unread);
            if (closed.await(OFFSETS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
    }

    /** Describes what the current check is waiting for; null after a completed check. */
    public String waitingFor() {
        return waitingFor;
    }

    /** Returns a health message once no check has completed for a minute. */
    public Optional<String> problem() {
        String waiting = waitingFor;
        return waiting == null || noDataClocks.nanos() - lastProgress < REPORT_AFTER.toNanos()
                ? Optional.empty()
                : Optional.of("no-data alerts are suspended: waiting for " + waiting);
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        thread.join(TimeUnit.SECONDS.toMillis(1));
    }
}
