package io.wadi.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A read-committed consumer on a thread of its own that records when the record for each document arrives. */
final class AlertWatch implements AutoCloseable {
    private static final Duration LAST_RECORDS = Duration.ofMinutes(1);
    private static final long HIGHEST_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private final List<TopicPartition> partitions;
    private final ToLongFunction<ConsumerRecord<byte[], byte[]>> document;
    private final Consumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::watch, "alert-watch");
    /** The arrival times by the number of the document, in milliseconds since 1970. */
    private final Map<Long, Long> arrived = new ConcurrentHashMap<>();

    private final AtomicLong wrong = new AtomicLong();
    /** Completed when all records that the topics had at its creation have arrived. */
    private final AtomicReference<CountDownLatch> atEnd = new AtomicReference<>();

    /** The document number of a record that is ignored. */
    static final long NONE = -2;

    /** The document number of an unexpected record. */
    static final long WRONG = -1;

    /**
     * Starts to watch topics.
     *
     * @param document returns the number of the document that a record is about, or {@link #NONE}, or {@link #WRONG}
     */
    AlertWatch(String brokers, List<String> topics, ToLongFunction<ConsumerRecord<byte[], byte[]>> document) {
        this(
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                brokers,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()),
                topics.stream().flatMap(AlertWatch::partitions).toList(),
                document);
    }

    AlertWatch(
            Consumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            ToLongFunction<ConsumerRecord<byte[], byte[]>> document) {
        this.partitions = partitions;
        this.document = document;
        this.consumer = consumer;
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
                poll();
                CountDownLatch waiting = atEnd.getAndSet(null);
                if (waiting != null) {
                    pollToEnd();
                    waiting.countDown();
                }
            }
        } catch (WakeupException closed) {
            // The watch is closed.
        }
    }

    private void poll() {
        consumer.poll(Duration.ofSeconds(1)).forEach(this::arrived);
    }

    private void pollToEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
            poll();
        }
    }

    private void arrived(ConsumerRecord<byte[], byte[]> found) {
        long now = System.currentTimeMillis();
        long number = document.applyAsLong(found);
        if (number != NONE && (number < 0 || arrived.putIfAbsent(number, now) != null)) {
            wrong.incrementAndGet();
        }
    }

    /** Returns the number of records that have arrived. */
    int found() {
        return arrived.size();
    }

    /**
     * Waits until a number of records have arrived, and all others that the topics have then.
     *
     * @throws IOException if a record is missing after a minute, is unexpected or is a duplicate
     */
    void await(long expected) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LAST_RECORDS.toNanos();
        while (found() < expected && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        CountDownLatch all = new CountDownLatch(1);
        atEnd.set(all);
        if (!all.await(LAST_RECORDS.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("%s: the last records have not arrived".formatted(partitions));
        }
        if (found() != expected || wrong.get() > 0) {
            throw new IOException("%s: %,d of %,d records have arrived, and %,d unexpected or duplicate ones"
                    .formatted(partitions, found(), expected, wrong.get()));
        }
    }

    /** Returns the latencies of the records of some documents, in milliseconds. */
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
