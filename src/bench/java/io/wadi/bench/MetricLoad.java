package io.wadi.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Appends the fleet's documents to a topic, one after another, each when it is due. Not thread-safe. */
final class MetricLoad implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final String topic;
    private final MetricFleet fleet;
    private final KafkaProducer<byte[], byte[]> producer;
    /** The append times of documents over a threshold, in milliseconds since 1970, by document number. */
    private final Map<Long, Long> appended = new ConcurrentHashMap<>();

    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private long next;

    MetricLoad(String brokers, String topic, MetricFleet fleet) {
        this.topic = topic;
        this.fleet = fleet;
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                        ProducerConfig.LINGER_MS_CONFIG, "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends documents at a rate for a time. */
    void offer(double rate, Duration length) throws IOException {
        long begin = System.nanoTime();
        long first = next;
        long all = (long) (rate * length.toNanos() / 1e9);
        while (next - first < all) {
            long due = (long) ((System.nanoTime() - begin) * rate / 1e9) + 1;
            while (next - first < Math.min(due, all)) {
                send();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throwFailure();
    }

    private void send() {
        long number = next++;
        producer.send(new ProducerRecord<>(topic, fleet.key(number), fleet.document(number)), (metadata, error) -> {
            if (error != null) {
                failure.set(error);
            } else if (MetricFleet.isOver(number)) {
                appended.put(number, metadata.timestamp());
            }
        });
    }

    private void throwFailure() throws IOException {
        if (failure.get() != null) {
            throw new IOException("A document could not be appended to " + topic, failure.get());
        }
    }

    /** Returns the number of the document that is sent next. */
    long next() {
        return next;
    }

    /** Waits until all documents are appended; returns their number. */
    long finish() throws IOException {
        producer.flush();
        throwFailure();
        return next;
    }

    /** Returns when a document over a threshold was appended, in milliseconds since 1970. */
    long appended(long number) {
        return appended.get(number);
    }

    @Override
    public void close() {
        producer.close();
    }
}
