package io.wadi.kafka.producer;

import io.wadi.kafka.RecordDelivery;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The Kafka producer of every flow. A send on a consumer's thread completes at once with an unknown offset, and the
 * consumer awaits its acknowledgement before it commits; with exactly-once, the send is a part of the consumer's
 * transaction and uses the settings of its producer: see {@link RecordDelivery}. Other sends complete when Kafka has
 * acknowledged them. Thread-safe.
 */
public final class FlowProducer extends KafkaProducer<Object, Object> {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Runnable onClose;

    /** Takes the action that replaces {@link #close}. */
    public FlowProducer(Properties properties, Runnable onClose) {
        super(properties);
        this.onClose = onClose;
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
        RecordDelivery delivery = RecordDelivery.onThisThread();
        return delivery == null ? super.send(sent, callback) : delivery.send(sent, callback, super::send);
    }

    @Override
    public void close() {
        onClose.run();
    }

    /** Closes after all sends have completed, or after five seconds; sends that are incomplete by then fail. */
    public void closeForGood() {
        super.close(CLOSE_WITHIN);
    }
}
