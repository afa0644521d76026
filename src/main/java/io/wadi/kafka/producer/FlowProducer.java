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
 * The producer of every flow. A send on a consumer's thread is answered at once, with an unknown offset, and its
 * acknowledgement is awaited by that consumer before it commits; everywhere else a send is answered when Kafka has
 * acknowledged it, as with Kafka's own producer. Where that consumer's route is to be exactly once, the send is a part of the
 * consumer's transaction, with the settings that all transactions have: see {@link RecordDelivery}. Thread-safe.
 */
public final class FlowProducer extends KafkaProducer<Object, Object> {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Runnable onClose;

    /** Takes Kafka's settings, and what {@link #close} does instead of closing. */
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

    /** Waits until everything sent has its answer, as long as five seconds, then closes; a send without an answer by then fails. */
    public void closeForGood() {
        super.close(CLOSE_WITHIN);
    }
}
