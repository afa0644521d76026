package io.wadi.kafka.producer;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A transaction of the sends of one or several polls and their offsets. A rejected send prevents its commit. An
 * isolated record may then begin another transaction, which contains only its later sends, such as its dead letter. Not
 * thread-safe.
 */
public final class PollTransaction implements AutoCloseable {
    private final Transaction transaction;
    private Exception rejection;

    /**
     * Creates an instance without an open transaction.
     *
     * @param newProducer creates a producer with a {@code transactional.id}
     */
    public PollTransaction(Function<String, Producer<Object, Object>> newProducer) {
        this.transaction = new Transaction(newProducer);
    }

    public boolean isOpen() {
        return transaction.isOpen();
    }

    /** See {@link Transaction#isInDoubt}. */
    public boolean isInDoubt() {
        return transaction.isInDoubt();
    }

    /** Returns the cause of the rejected send that prevents the commit; null if there is none. */
    public Exception rejection() {
        return rejection;
    }

    /**
     * Sends a record. The future completes immediately with an unknown offset; for an isolated record, this method
     * first waits for the acknowledgement.
     *
     * @param isolated whether the transaction contains the sends of one record only
     */
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback, boolean isolated) {
        if (rejection != null && !isolated) {
            return Acknowledgements.complete(
                    sent, callback, new KafkaException("An earlier send of the transaction failed", rejection));
        }
        if (rejection != null) {
            abort();
        }
        RejectionCallback outcome = new RejectionCallback();
        Future<RecordMetadata> acknowledged = transaction.send(sent, outcome);
        rejection = isolated ? failure(acknowledged) : outcome.rejection;
        return Acknowledgements.complete(sent, callback, rejection);
    }

    /** A callback that records a rejection, which the producer reports within the send, on the sending thread. */
    private static final class RejectionCallback implements Callback {
        private final Thread sender = Thread.currentThread();
        private Exception rejection;

        @Override
        public void onCompletion(RecordMetadata metadata, Exception error) {
            if (error != null && Thread.currentThread().equals(sender)) {
                rejection = error;
            }
        }
    }

    private static Exception failure(Future<RecordMetadata> acknowledged) {
        try {
            acknowledged.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause() instanceof Exception cause ? cause : e;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /**
     * Commits the sends with these offsets. An interrupted thread stays interrupted.
     *
     * @return the cause of the failure, after which nothing is committed unless the outcome is in doubt; null on
     *     success
     */
    public Exception commit(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        try {
            transaction.commit(offsets, group);
            return null;
        } catch (KafkaException | IllegalStateException e) {
            return e;
        }
    }

    /** Aborts an open transaction and resets the rejection. Never throws. */
    public void abort() {
        rejection = null;
        transaction.abort();
    }

    @Override
    public void close() {
        transaction.abort();
        transaction.close();
    }
}
