package io.wadi.kafka.producer;

import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka producer that is replaced if it can never send a record. Kafka's client requests the producer's id once, and
 * does not repeat the request if its authentication fails, such as at a start before Kafka has the user; then all
 * records time out, even once Kafka accepts the user. Thread-safe.
 */
final class ReplaceableProducer {
    private static final Logger LOG = LoggerFactory.getLogger(ReplaceableProducer.class);

    private final Properties properties = new Properties();
    /** Null before the first use; changes only in synchronized methods. */
    private volatile KafkaProducer<Object, Object> producer;

    private boolean isClosed;

    /** Whether Kafka has acknowledged a record, so that the producer has its id. */
    private volatile boolean isProven;

    /** The record was not sent, and its next send uses another producer. */
    private static final class ReplacedException extends RetriableException {
        ReplacedException(Exception cause) {
            super("The record was not sent: its producer was replaced, because its authentication had failed", cause);
        }
    }

    /**
     * Creates an instance without a producer.
     *
     * @param own the settings that override the common ones
     */
    ReplaceableProducer(Properties common, Map<String, String> own) {
        properties.putAll(common);
        properties.putAll(own);
    }

    /** Returns the producer, which the first call creates. */
    KafkaProducer<Object, Object> producer() {
        KafkaProducer<Object, Object> known = producer;
        return known == null ? create() : known;
    }

    /** Waits until Kafka has responded to each record that was sent. */
    void flush() {
        KafkaProducer<Object, Object> known = producer;
        if (known != null) {
            known.flush();
        }
    }

    private synchronized KafkaProducer<Object, Object> create() {
        if (isClosed) {
            throw new IllegalStateException("The producer is closed");
        }
        if (producer == null) {
            producer = new KafkaProducer<>(properties);
        }
        return producer;
    }

    Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
        KafkaProducer<Object, Object> used = producer();
        return isProven ? used.send(sent, callback) : send(used, sent, callback);
    }

    private Future<RecordMetadata> send(
            KafkaProducer<Object, Object> used, ProducerRecord<Object, Object> sent, Callback callback) {
        Thread sender = Thread.currentThread();
        CompletableFuture<RecordMetadata> result = new CompletableFuture<>();
        try {
            used.send(sent, (metadata, error) -> {
                if (error == null) {
                    isProven = true;
                } else if (error instanceof TimeoutException
                        && !Thread.currentThread().equals(sender)) {
                    replaceIfStuck(used);
                }
                Exception failure = error != null && isOfClose(used, error) ? new ReplacedException(error) : error;
                try {
                    if (callback != null) {
                        callback.onCompletion(metadata, failure);
                    }
                } finally {
                    complete(result, metadata, failure);
                }
            });
        } catch (RuntimeException e) {
            throw isOfClose(used, e) ? new ReplacedException(e) : e;
        }
        return result;
    }

    private static void complete(CompletableFuture<RecordMetadata> result, RecordMetadata metadata, Exception failure) {
        if (failure == null) {
            result.complete(metadata);
        } else {
            result.completeExceptionally(failure);
        }
    }

    /** Returns whether a send has failed because the producer was replaced and closed. */
    private boolean isOfClose(KafkaProducer<Object, Object> used, Exception failure) {
        return !used.equals(producer)
                && (failure instanceof IllegalStateException
                        || failure.getClass().equals(KafkaException.class));
    }

    /** Replaces a producer of which a record has expired. Called on the producer's thread; never throws. */
    private void replaceIfStuck(KafkaProducer<Object, Object> used) {
        try {
            if (hasFailedAuthentication(used) && replace(used)) {
                LOG.warn("Replaced a producer that has sent no record since its authentication with Kafka failed");
                used.close(Duration.ZERO);
            }
        } catch (KafkaException e) {
            LOG.warn("Failed to replace a producer, retrying with the next record: {}", Causes.inShort(e));
        }
    }

    /** Returns false if another record has proved or replaced the producer. */
    private synchronized boolean replace(KafkaProducer<Object, Object> used) {
        if (isProven || isClosed || !used.equals(producer)) {
            return false;
        }
        producer = new KafkaProducer<>(properties);
        return true;
    }

    private static boolean hasFailedAuthentication(KafkaProducer<?, ?> used) {
        for (Map.Entry<MetricName, ? extends Metric> each : used.metrics().entrySet()) {
            if (each.getKey().name().equals("failed-authentication-total")
                    && each.getValue().metricValue() instanceof Double total
                    && total > 0) {
                return true;
            }
        }
        return false;
    }

    /** Ends the use of the producer and closes it within this time, if there is one. Never throws. */
    void close(Duration within) {
        KafkaProducer<Object, Object> last;
        synchronized (this) {
            isClosed = true;
            last = producer;
        }
        if (last != null) {
            try {
                last.close(within);
            } catch (RuntimeException e) {
                LOG.warn("Failed to close a producer in time; its incomplete sends fail: {}", Causes.inShort(e));
            }
        }
    }
}
