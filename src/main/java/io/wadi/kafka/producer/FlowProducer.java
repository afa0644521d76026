package io.wadi.kafka.producer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.RecordDelivery;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka producer of every flow. A send on a consumer's thread completes immediately with an unknown offset, and the
 * consumer awaits its acknowledgement before it commits. With exactly-once, such a send is a part of the consumer's
 * transaction and uses the settings of the transaction's producer; see {@link RecordDelivery}. Other sends complete
 * when Kafka has acknowledged them. Thread-safe.
 *
 * <p>For topics with their own settings, there is one Kafka producer for each distinct set of settings, created on
 * first use. Its other settings are those of this producer, including the size of the buffer.
 */
public final class FlowProducer extends KafkaProducer<Object, Object> {
    private static final Logger LOG = LoggerFactory.getLogger(FlowProducer.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Runnable onClose;
    private final Map<String, Variant> byTopic = new HashMap<>();
    private final List<Variant> variants;

    /**
     * Creates a producer.
     *
     * @param topics the settings of topics that declare their own, by topic, with Kafka's names and values; they
     *     override the properties
     * @param onClose the action that replaces {@link #close}
     */
    public FlowProducer(Properties properties, Map<String, Map<String, String>> topics, Runnable onClose) {
        super(properties);
        this.onClose = onClose;
        Map<Map<String, String>, Variant> distinct = new HashMap<>();
        topics.forEach((topic, settings) ->
                byTopic.put(topic, distinct.computeIfAbsent(settings, own -> new Variant(properties, own))));
        variants = List.copyOf(distinct.values());
    }

    /** The producer of the topics with the same settings. */
    private static final class Variant {
        private final Properties properties = new Properties();
        private KafkaProducer<Object, Object> producer;
        private boolean closed;

        Variant(Properties common, Map<String, String> own) {
            properties.putAll(common);
            properties.putAll(own);
        }

        synchronized KafkaProducer<Object, Object> producer() {
            if (closed) {
                throw new IllegalStateException("The producer is closed");
            }
            if (producer == null) {
                producer = new KafkaProducer<>(properties);
            }
            return producer;
        }

        /** Ends the use of the producer and returns it; null if it was never used. */
        synchronized KafkaProducer<Object, Object> close() {
            closed = true;
            return producer;
        }
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
        RecordDelivery delivery = RecordDelivery.onThisThread();
        return delivery == null ? deliver(sent, callback) : delivery.send(sent, callback, this::deliver);
    }

    private Future<RecordMetadata> deliver(ProducerRecord<Object, Object> sent, Callback callback) {
        Variant own = byTopic.get(sent.topic());
        return own == null ? super.send(sent, callback) : own.producer().send(sent, callback);
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        Variant own = byTopic.get(topic);
        return own == null ? super.partitionsFor(topic) : own.producer().partitionsFor(topic);
    }

    @Override
    public void close() {
        onClose.run();
    }

    /**
     * Closes after all sends have completed, or after five seconds; sends that are incomplete by then fail. Never
     * throws, also on an interrupted thread, which stays interrupted.
     */
    public void closeForGood() {
        long deadline = System.nanoTime() + CLOSE_WITHIN.toNanos();
        closeWithin(super::close, deadline);
        for (Variant variant : variants) {
            KafkaProducer<Object, Object> own = variant.close();
            if (own != null) {
                closeWithin(own::close, deadline);
            }
        }
    }

    /** Closes one Kafka producer. A failure must not leave the threads of the others running. */
    private static void closeWithin(Consumer<Duration> closing, long deadlineNanos) {
        try {
            closing.accept(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
        } catch (RuntimeException e) {
            LOG.warn("Failed to close a producer in time; its incomplete sends fail: {}", Causes.inShort(e));
        }
    }
}
