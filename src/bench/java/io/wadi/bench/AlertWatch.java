package io.wadi.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer of a round's alerts, of committed records alone, that notes when it has had which; on a thread of its own. */
final class AlertWatch implements AutoCloseable {
    private static final Duration LAST_ALERTS = Duration.ofMinutes(1);
    private static final long HIGHEST_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final List<MetricOutput> ALERTS = List.of(MetricOutput.CPU_ALERT, MetricOutput.MEMORY_ALERT);

    private final String round;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::watch, "alert-watch");
    /** By the document's number, in milliseconds since 1970. */
    private final Map<Long, Long> arrived = new ConcurrentHashMap<>();

    private final AtomicLong wrong = new AtomicLong();

    AlertWatch(String brokers, String round) {
        this.round = round;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        brokers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = ALERTS.stream()
                .flatMap(output -> partitions(output.topic(round)))
                .toList();
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

    private void arrived(ConsumerRecord<byte[], byte[]> alert) {
        long now = System.currentTimeMillis();
        long number = MetricsCheck.number(alert.key(), alert.value());
        boolean isRight = number >= 0
                && ALERTS.stream()
                        .anyMatch(output -> output.topic(round).equals(alert.topic()) && output.takes(number));
        if (!isRight || arrived.putIfAbsent(number, now) != null) {
            wrong.incrementAndGet();
        }
    }

    /** How many alerts there are by now. */
    int found() {
        return arrived.size();
    }

    /**
     * Returns when the alerts of so many documents are all there.
     *
     * @throws IOException where one is missing after a minute, or one is there that should not be, or is there twice
     */
    void await(long documents) throws IOException, InterruptedException {
        long wanted = ALERTS.stream().mapToLong(each -> each.records(documents)).sum();
        long deadline = System.nanoTime() + LAST_ALERTS.toNanos();
        while (found() < wanted && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (found() != wanted || wrong.get() > 0) {
            throw new IOException("%s: of %,d alerts %,d have come, and %,d that should not, or not twice"
                    .formatted(round, wanted, found(), wrong.get()));
        }
    }

    /** How long the alerts of some documents took, in milliseconds. */
    Histogram latencies(long first, long last, LongUnaryOperator appended) {
        Histogram millis = new Histogram(HIGHEST_MILLIS, 3);
        LongStream.range(first, last)
                .filter(MetricFleet::isOver)
                .forEach(number -> millis.recordValue(Math.max(0, arrived.get(number) - appended.applyAsLong(number))));
        return millis;
    }

    @Override
    public void close() throws InterruptedException {
        consumer.wakeup();
        thread.join();
    }
}
