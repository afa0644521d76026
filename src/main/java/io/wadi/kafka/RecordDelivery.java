package io.wadi.kafka;

import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The delivery of records to a route by the consumer of the current thread. It is the only object that is bound to a thread,
 * because camel-kafka passes no reference in two places:
 *
 * <ul>
 *   <li>The exchange that it makes of a record holds neither the record nor the consumer that polled it.
 *   <li>Its producer gives Kafka's producer a {@link ProducerRecord} and a callback. Many routes share that producer, so nothing
 *       tells from which exchange, and so from which consumer, a send comes.
 * </ul>
 *
 * <p>The thread is also what counts: only what a route sends on its consumer's thread belongs to the consumer's transaction,
 * and is acknowledged before the consumer commits. Sends on other threads, as behind {@code seda:}, are answered by Kafka.
 */
public abstract class RecordDelivery {
    private static final ThreadLocal<RecordDelivery> BOUND = new ThreadLocal<>();

    /** A send that belongs to no delivery: Kafka's answer completes it. */
    public interface DirectSend {
        /** Sends the record, as {@code Producer.send} does. */
        Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback);
    }

    /** Returns the delivery of the consumer that polls on this thread, or null. */
    public static RecordDelivery onThisThread() {
        return BOUND.get();
    }

    /** Binds this delivery to the current thread, which is its consumer's. */
    protected final void bind() {
        BOUND.set(this);
    }

    /** Ends what {@link #bind} began. */
    protected final void unbind() {
        BOUND.remove();
    }

    /** Returns the record or run whose exchange begins, whose end is to be reported to {@link #ended}; null where there is none. */
    public abstract ConsumerRecord<Object, Object> begin();

    /**
     * Reports the end of an exchange. Without effect where it was reported before, or is no longer waited for. Thread-safe.
     *
     * @param record what {@link #begin} has returned
     * @param error why it failed; null where it completed
     */
    public abstract void ended(ConsumerRecord<Object, Object> record, Exception error);

    /**
     * Sends what the record that is being delivered leads to: as a part of the consumer's transaction, counted towards the
     * acknowledgements that the consumer awaits before it commits, or directly.
     */
    public abstract Future<RecordMetadata> send(
            ProducerRecord<Object, Object> sent, Callback callback, DirectSend direct);
}
