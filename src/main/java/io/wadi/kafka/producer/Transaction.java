package io.wadi.kafka.producer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.RejectedSendException;
import io.wadi.kafka.TransactionalSends;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka transactions of records and a consumer's offsets. The group coordinator fences members that have lost a
 * partition (KIP-447), so each instance has its own {@code transactional.id}. The producer is created on first use, and
 * again after a failed commit. A new producer has the same id, because brokers store the state of an id for days,
 * except after a timeout. Not thread-safe.
 */
public final class Transaction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Transaction.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Function<String, Producer<Object, Object>> newProducer;
    private String id = newId();
    private Producer<Object, Object> producer;
    private boolean open;
    private boolean inDoubt;

    /** The last failed send of this transaction; also written on the producer's thread. */
    private volatile Exception failure;

    /**
     * Creates an instance without a producer.
     *
     * @param newProducer creates a producer with a {@code transactional.id}, which fences older producers with the same
     *     id
     */
    public Transaction(Function<String, Producer<Object, Object>> newProducer) {
        this.newProducer = newProducer;
    }

    private static String newId() {
        return "wadi-" + UUID.randomUUID();
    }

    public boolean isOpen() {
        return open;
    }

    /**
     * Returns whether the outcome of the last commit is unknown, because the response may have been lost. Until it is
     * known, Kafka does not return the committed offsets.
     */
    public boolean isInDoubt() {
        return inDoubt;
    }

    /**
     * Sends a record in the transaction, which begins with the first record. A failed send also fails the commit.
     *
     * @throws KafkaException if the transaction cannot begin
     */
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
        if (!open) {
            begin();
        }
        return producer.send(sent, (metadata, error) -> {
            if (error != null) {
                failure = error;
            }
            callback.onCompletion(metadata, error);
        });
    }

    private void begin() {
        try {
            if (producer == null) {
                producer = newProducer.apply(id);
                producer.initTransactions();
            }
            producer.beginTransaction();
            failure = null;
            inDoubt = false;
            open = true;
        } catch (RuntimeException e) {
            discardProducer(e);
            throw e;
        }
    }

    /**
     * Closes the producer. After a timeout, the next producer has another id: Kafka cannot end a transaction while one
     * of its partitions has no leader, and the next transaction may concern other topics.
     */
    private void discardProducer(RuntimeException cause) {
        close();
        if (Causes.innermost(cause) instanceof TimeoutException) {
            id = newId();
        }
    }

    /**
     * Commits the records of the open transaction together with these offsets, synchronously.
     *
     * @throws KafkaException if the commit failed or is {@link #isInDoubt in doubt}; no transaction is open then
     */
    public void commit(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        try {
            producer.sendOffsetsToTransaction(offsets, group); // while Kafka processes the last records
            producer.flush();
            if (failure != null) {
                throw new KafkaException(
                        "A send of the transaction with offsets %s failed: %s"
                                .formatted(offsets, Causes.inShort(failure)),
                        failure);
            }
            inDoubt = true;
            producer.commitTransaction();
            inDoubt = false;
            open = false;
        } catch (RuntimeException e) {
            abort();
            discardProducer(e);
            throw e;
        }
    }

    /**
     * Sends records, then those that depend on the locations of the first ones, and commits them with offsets in one
     * transaction.
     *
     * @throws RejectedSendException if Kafka will never accept some of the first records; nothing is committed
     */
    public void commit(
            List<ProducerRecord<Object, Object>> sent,
            Function<List<RecordMetadata>, List<ProducerRecord<Object, Object>>> next,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {
        try {
            if (!open) {
                begin();
            }
            TransactionalSends sends = new TransactionalSends(producer);
            sent.forEach(sends::send);
            next.apply(sends.locations()).forEach(each -> send(each, (metadata, error) -> {}));
        } catch (RejectedSendException e) {
            abort();
            throw e;
        } catch (RuntimeException e) {
            abort();
            discardProducer(e);
            throw e;
        }
        commit(offsets, group);
    }

    /**
     * Aborts an open transaction; if that fails, Kafka aborts it after {@code transaction.timeout.ms}. Never throws.
     */
    public void abort() {
        if (open) {
            open = false;
            try {
                producer.abortTransaction();
            } catch (RuntimeException e) {
                LOG.debug("Failed to abort the transaction; Kafka aborts it after its timeout", e);
                discardProducer(e);
            }
        }
    }

    /** Closes the producer. Never throws, also on an interrupted thread, which stays interrupted. */
    @Override
    public void close() {
        open = false;
        if (producer != null) {
            try {
                producer.close(CLOSE_WITHIN);
            } catch (RuntimeException e) {
                LOG.warn("Failed to close a transactional producer in time: {}", Causes.inShort(e));
            } finally {
                producer = null;
            }
        }
    }
}
