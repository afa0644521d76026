package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.Causes;
import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.runtime.config.Units;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that reads the alerts topic from its beginning and applies its records to the board. The board is replaced
 * only once the end offsets are reached, because a later record may resolve an alert that fired earlier; after that,
 * each record is applied at once. After a failure, and if the topic was recreated, the reader starts again from the
 * beginning, and until it reaches the end offsets the board keeps its content.
 */
final class AlertReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long TOPIC_CHECK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Source source;
    private final AlertBoard board;
    private final NotificationMeters meters;
    private final CountDownLatch stopped;
    private volatile TopicReader reader;
    private int failures;

    /**
     * The topic and how it is read.
     *
     * @param client settings of a consumer without a group, with read_committed isolation
     * @param identity looks up the identity of the topic; empty if topics have no ids
     * @param link template of {@code generatorURL}
     */
    record Source(String topic, Supplier<Properties> client, Supplier<Optional<TopicIdentity>> identity, String link) {}

    AlertReader(Source source, AlertBoard board, NotificationMeters meters, CountDownLatch stopped) {
        this.source = source;
        this.board = board;
        this.meters = meters;
        this.stopped = stopped;
    }

    @Override
    public void run() {
        try {
            while (stopped.getCount() > 0) {
                attempt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt() throws InterruptedException {
        try (TopicReader kafka = new TopicReader(source.client().get(), TopicReader.Fetch.DEFAULT)) {
            reader = kafka;
            read(kafka);
        } catch (RuntimeException | LinkageError e) {
            // An error would end the thread, and the alerts would stay as they are.
            if (stopped.getCount() == 0) {
                return;
            }
            failures++;
            Duration pause = Backoff.after(failures);
            LOG.warn(
                    "Alerts topic {}: reading failed, keeping the last known alerts; retrying in {}: {}",
                    source.topic(),
                    Units.text(pause),
                    Causes.inShort(Causes.innermost(e)));
            stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Interrupts a poll; {@code stopped} must have been counted down. */
    void wakeup() {
        TopicReader reading = reader;
        if (reading != null) {
            reading.wakeup();
        }
    }

    private void read(TopicReader kafka) {
        Optional<TopicIdentity> identity = source.identity().get();
        List<TopicPartition> partitions = kafka.partitions(source.topic());
        if (partitions.isEmpty()) {
            throw new KafkaException("the topic does not exist");
        }
        kafka.seek(kafka.begins(partitions));
        AlertBoard read = AlertBoard.ofHeap();
        Map<TopicPartition, Long> ends = kafka.ends(partitions);
        while (stopped.getCount() > 0 && !kafka.isAt(ends)) {
            poll(kafka, read, false);
        }
        if (stopped.getCount() > 0) {
            board.replaceWith(read);
            failures = 0;
            LOG.info("Alerts topic {}: read to its end, {} alerts firing", source.topic(), board.firing());
            follow(kafka, partitions.size(), identity);
        }
    }

    /** Applies new records until partitions are added or the topic was recreated; the caller then starts again. */
    private void follow(TopicReader kafka, int partitions, Optional<TopicIdentity> identity) {
        long checkedAt = System.nanoTime();
        while (stopped.getCount() > 0) {
            poll(kafka, board, true);
            if (System.nanoTime() - checkedAt > TOPIC_CHECK_NANOS) {
                checkedAt = System.nanoTime();
                if (kafka.partitions(source.topic()).size() > partitions || isRecreated(identity)) {
                    return;
                }
            }
        }
    }

    private boolean isRecreated(Optional<TopicIdentity> identity) {
        try {
            boolean isRecreated = !source.identity().get().equals(identity);
            if (isRecreated) {
                LOG.warn("Alerts topic {}: recreated, reading it from its beginning", source.topic());
            }
            return isRecreated;
        } catch (TimeoutException | DisconnectException e) {
            LOG.debug("Alerts topic {}: its id is unknown until Kafka responds", source.topic(), e);
            return false;
        }
    }

    private void poll(TopicReader kafka, AlertBoard target, boolean isLive) {
        kafka.poll(POLL, each -> {
            long now = Clock.systemUTC().millis();
            take(each, target, isLive ? now : Math.min(now, each.timestamp()));
        });
        target.removeExpired(Clock.systemUTC().millis());
    }

    private void take(ConsumerRecord<byte[], byte[]> found, AlertBoard target, long receivedAt) {
        try {
            if (found.key() == null) {
                throw new IllegalArgumentException("the key is missing");
            }
            AlertChange change = found.value() == null ? null : AlertChange.parse(found.value(), source.link());
            if (!target.take(new String(found.key(), UTF_8), change, receivedAt)) {
                throw new IllegalArgumentException("the known alerts occupy an eighth of the heap already");
            }
        } catch (IllegalArgumentException e) {
            meters.unreadable();
            LOG.warn("Record {} is not a valid alert; skipped: {}", ConsumedRecord.at(found), e.getMessage());
        }
    }
}
