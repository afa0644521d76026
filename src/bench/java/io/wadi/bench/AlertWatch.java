package io.wadi.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer of committed records alone that notes when it has had which document's record; on a thread of its own. */
final class AlertWatch implements AutoCloseable {
    private static final Duration LAST_RECORDS = Duration.ofMinutes(1);
    private static final long HIGHEST_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private final List<String> topics;
    private final ToLongFunction<ConsumerRecord<byte[], byte[]>> document;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::watch, "alert-watch");
    /** By the document's number, in milliseconds since 1970. */
    private final Map<Long, Long> arrived = new ConcurrentHashMap<>();

    private final AtomicLong wrong = new AtomicLong();

    /** The document that a record is not looked at for. */
    static final long NONE = -2;

    /** The document of a record that should not be there. */
    static final long WRONG = -1;

    /**
     * Begins to watch topics.
     *
     * @param document returns the number of the document that a record is about, or {@link #NONE}, or {@link #WRONG}
     */
    AlertWatch(String brokers, List<String> topics, ToLongFunction<ConsumerRecord<byte[], byte[]>> document) {
        this.topics = topics;
        this.document = document;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        brokers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                topics.stream().flatMap(AlertWatch::partitions).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.start();
    }

    private static Stream<TopicPartition> partitions(String topic) {
        return IntStream.range(0, BenchTopic.PARTITIONS).mapToObj(number -> new TopicPartition(topic, number));
    }

    private void watch() {
        try (consumer) {
            while (true) {
                consumer.poll(Duration.ofSeconds(1)).forEach(this::arrived);
            }
        } catch (WakeupException closed) {
            // The round is over.
        }
    }

    private void arrived(ConsumerRecord<byte[], byte[]> found) {
        long now = System.currentTimeMillis();
        long number = document.applyAsLong(found);
        if (number != NONE && (number < 0 || arrived.putIfAbsent(number, now) != null)) {
            wrong.incrementAndGet();
        }
    }

    /** The number of records by now. */
    int found() {
        return arrived.size();
    }

    /**
     * Returns when so many records are there.
     *
     * @throws IOException where one is missing after a minute, or one is there that should not be, or is there twice
     */
    void await(long expected) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LAST_RECORDS.toNanos();
        while (found() < expected && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (found() != expected || wrong.get() > 0) {
            throw new IOException("%s: of %,d records %,d have come, and %,d that should not, or not twice"
                    .formatted(topics, expected, found(), wrong.get()));
        }
    }

    /** How long the records of some documents took, in milliseconds. */
    Histogram latencies(long first, long last, LongUnaryOperator appended) {
        Histogram millis = new Histogram(HIGHEST_MILLIS, 3);
        arrived.forEach((number, when) -> {
            if (number >= first && number < last) {
                millis.recordValue(Math.max(0, when - appended.applyAsLong(number)));
            }
        });
        return millis;
    }

    @Override
    public void close() throws InterruptedException {
        consumer.wakeup();
        thread.join();
    }
}
