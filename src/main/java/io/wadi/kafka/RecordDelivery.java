package io.wadi.kafka;

import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The delivery of records to a route by the consumer of the current thread. It is bound to the thread because
 * camel-kafka's exchange holds neither the record nor its consumer, and its producer, which many routes share, does not
 * receive the exchange.
 *
 * <p>Only what a route sends on its consumer's thread belongs to the consumer's transaction and is acknowledged before
 * the consumer commits. Sends on other threads, as after {@code seda:}, complete with Kafka's acknowledgement.
 */
public abstract class RecordDelivery {
    private static final ThreadLocal<RecordDelivery> BOUND = new ThreadLocal<>();

    /** A send outside any delivery: Kafka's acknowledgement completes it. */
    public interface DirectSend {
        Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback);
    }

    /** Returns the delivery of the consumer that polls on this thread, or null. */
    public static RecordDelivery onThisThread() {
        return BOUND.get();
    }

    protected final void bind() {
        BOUND.set(this);
    }

    protected final void unbind() {
        BOUND.remove();
    }

    /** Returns the record or batch of the beginning exchange, to be passed to {@link #completed}; or null. */
    public abstract ConsumerRecord<Object, Object> begin();

    /**
     * Reports that an exchange has completed. Has no effect if it was reported before or is no longer awaited.
     * Thread-safe.
     *
     * @param record the result of {@link #begin}
     * @param error the cause of the failure; null on success
     */
    public abstract void completed(ConsumerRecord<Object, Object> record, Exception error);

    /**
     * Sends an output of the record being delivered: in the consumer's transaction, counted in the acknowledgements
     * that the consumer awaits before it commits, or directly.
     */
    public abstract Future<RecordMetadata> send(
            ProducerRecord<Object, Object> sent, Callback callback, DirectSend direct);
}
