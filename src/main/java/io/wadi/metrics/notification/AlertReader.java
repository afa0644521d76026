package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Backoff;
import io.wadi.kafka.Causes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the alerts' topic from its beginning and keeps the board as it says, on a thread of its own. Nothing of it stands on
 * the board before the end is reached, since what fired once may be over. Where Kafka does not let it read, it begins anew
 * after a growing pause, and the board stays as it is until then.
 */
final class AlertReader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long LOOK_AT_PARTITIONS_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Source source;
    private final AlertBoard board;
    private final NotificationMeters meters;
    private final CountDownLatch stopped;
    private volatile Consumer<byte[], byte[]> consumer;
    private int failures;

    /**
     * What is read.
     *
     * @param consumers makes a consumer of no group, which begins where Kafka does and sees what is committed
     * @param link where an alert's link leads
     */
    record Source(String topic, Supplier<Consumer<byte[], byte[]>> consumers, String link) {}

    /** Takes what says that this is to end, too. */
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
        try (Consumer<byte[], byte[]> kafka = source.consumers().get()) {
            consumer = kafka;
            read(kafka);
        } catch (RuntimeException e) {
            if (stopped.getCount() == 0) {
                return;
            }
            failures++;
            Duration pause = Backoff.after(failures);
            LOG.warn(
                    "{}: cannot be read; alerts are told as they stand, and it is tried again in {} ms: {}",
                    source.topic(),
                    pause.toMillis(),
                    Causes.inShort(Causes.innermost(e)));
            stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Ends a wait for Kafka, once it is said that this is to end. */
    void wakeup() {
        Consumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
    }

    private void read(Consumer<byte[], byte[]> kafka) {
        List<TopicPartition> partitions = partitions(kafka);
        if (partitions.isEmpty()) {
            throw new KafkaException("there is no such topic yet");
        }
        kafka.assign(partitions);
        kafka.seekToBeginning(partitions);
        AlertBoard read = new AlertBoard();
        Map<TopicPartition, Long> ends = kafka.endOffsets(partitions);
        while (stopped.getCount() > 0 && isBehind(kafka, ends)) {
            poll(kafka, read, false);
        }
        if (stopped.getCount() > 0) {
            board.become(read);
            failures = 0;
            LOG.info("{}: {} alerts fire", source.topic(), board.firing());
            follow(kafka, partitions.size());
        }
    }

    /** Returns where there are more partitions, so that all of them are read. */
    private void follow(Consumer<byte[], byte[]> kafka, int partitions) {
        long looked = System.nanoTime();
        while (stopped.getCount() > 0) {
            poll(kafka, board, true);
            if (System.nanoTime() - looked > LOOK_AT_PARTITIONS_NANOS) {
                looked = System.nanoTime();
                if (partitions(kafka).size() > partitions) {
                    return;
                }
            }
        }
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> kafka) {
        return kafka.partitionsFor(source.topic()).stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .toList();
    }

    private static boolean isBehind(Consumer<byte[], byte[]> kafka, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(end -> kafka.position(end.getKey()) < end.getValue());
    }

    private void poll(Consumer<byte[], byte[]> kafka, AlertBoard onto, boolean isNews) {
        for (ConsumerRecord<byte[], byte[]> each : kafka.poll(POLL)) {
            long now = Clock.systemUTC().millis();
            take(each, onto, isNews ? now : Math.min(now, each.timestamp()));
        }
        onto.forget(Clock.systemUTC().millis());
    }

    private void take(ConsumerRecord<byte[], byte[]> found, AlertBoard onto, long heardAt) {
        try {
            if (found.key() == null) {
                throw new IllegalArgumentException("it has no key");
            }
            AlertChange change = found.value() == null ? null : AlertChange.parse(found.value(), source.link());
            onto.take(new String(found.key(), UTF_8), change, heardAt);
        } catch (IllegalArgumentException e) {
            meters.unreadable();
            LOG.warn(
                    "{}-{}@{} tells of no alert and is left out; its alert, if any, stays as it was: {}",
                    found.topic(),
                    found.partition(),
                    found.offset(),
                    e.getMessage());
        }
    }
}
