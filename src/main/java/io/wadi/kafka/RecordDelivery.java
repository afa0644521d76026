package io.wadi.kafka;

import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The delivery of records to a route by the consumer of the current thread. It is bound to the thread because
 * camel-kafka's exchange contains neither the record nor the consumer, and the Kafka producer, which many routes share,
 * does not receive the exchange.
 *
 * <p>Only records that a route sends on its consumer's thread belong to the consumer's transaction, or are acknowledged
 * before the consumer commits. A send on another thread, such as after {@code seda:}, completes when Kafka acknowledges
 * it.
 */
public abstract class RecordDelivery {
    private static final ThreadLocal<RecordDelivery> BOUND = new ThreadLocal<>();

    /** A send outside of a delivery, which completes when Kafka acknowledges it. */
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

    /**
     * Starts the exchange of the record or batch being delivered. Returns that record or batch, which must be passed to
     * {@link #completed}; null if none is being delivered.
     */
    public abstract ConsumerRecord<Object, Object> begin();

    /**
     * Reports that an exchange has completed. Has no effect if the completion was reported before or is no longer
     * awaited. Thread-safe.
     *
     * @param record the result of {@link #begin}
     * @param error the cause of the failure; null on success
     */
    public abstract void completed(ConsumerRecord<Object, Object> record, Exception error);

    /**
     * Sends an output of the record being delivered: in the consumer's transaction; or as one of the sends with
     * acknowledgements that the consumer awaits before it commits; or directly.
     */
    public abstract Future<RecordMetadata> send(
            ProducerRecord<Object, Object> sent, Callback callback, DirectSend direct);
}
