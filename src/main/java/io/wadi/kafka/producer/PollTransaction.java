package io.wadi.kafka.producer;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
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
 * What the records of one or several polls led to, as one transaction with their offsets. A send that is refused spoils all of
 * it; a record that is alone in it may begin anew, so that its dead letter is all that stands of it. For one thread.
 */
public final class PollTransaction implements AutoCloseable {
    private final Transaction transaction;
    private Exception refusal;

    /** Takes how to make a producer with a {@code transactional.id} that nobody else has. */
    public PollTransaction(Supplier<Producer<Object, Object>> newProducer) {
        this.transaction = new Transaction(newProducer);
    }

    public boolean isOpen() {
        return transaction.isOpen();
    }

    /** See {@link Transaction#isInDoubt}. */
    public boolean isInDoubt() {
        return transaction.isInDoubt();
    }

    /** Why a send was refused, since when nothing of it can be committed; null where none was. */
    public Exception refusal() {
        return refusal;
    }

    /**
     * Sends a record. Answered at once with an unknown offset, unless its origin is alone: then Kafka's answer is awaited.
     *
     * @param alone whether nothing but what one record led to is in the transaction
     */
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback, boolean alone) {
        if (refusal != null && !alone) {
            return answer(sent, callback, new KafkaException("the transaction takes no more", refusal));
        }
        if (refusal != null) {
            abort();
        }
        Refusals refusals = new Refusals();
        Future<RecordMetadata> acknowledged = transaction.send(sent, refusals);
        refusal = refusals.refused;
        if (refusal == null && alone) {
            refusal = failure(acknowledged);
        }
        return answer(sent, callback, refusal);
    }

    /** What the producer refuses before it sends anything, it tells within the send, on its thread. */
    private static final class Refusals implements Callback {
        private final Thread sender = Thread.currentThread();
        private Exception refused;

        @Override
        public void onCompletion(RecordMetadata metadata, Exception error) {
            if (error != null && Thread.currentThread().equals(sender)) {
                refused = error;
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
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private static Future<RecordMetadata> answer(
            ProducerRecord<Object, Object> sent, Callback callback, Exception refused) {
        RecordMetadata unknown = new RecordMetadata(new TopicPartition(sent.topic(), -1), -1, -1, -1, -1, -1);
        if (callback != null) {
            callback.onCompletion(unknown, refused);
        }
        return refused == null ? CompletableFuture.completedFuture(unknown) : CompletableFuture.failedFuture(refused);
    }

    /**
     * Commits what was sent with these offsets.
     *
     * @return why that failed, after which nothing of it stands; null where all of it does
     */
    public Exception commit(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        try {
            transaction.commit(offsets, group);
            return null;
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException | IllegalStateException e) {
            return e;
        }
    }

    /** Takes back what was sent. Never throws. */
    public void abort() {
        refusal = null;
        transaction.abort();
    }

    @Override
    public void close() {
        transaction.abort();
        transaction.close();
    }
}
