package io.wadi.kafka.producer;

import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records and a consumer's offsets that Kafka takes all or nothing. The group refuses members that have lost a partition
 * (KIP-447), so the producer needs no identity that outlives it. It is made when it is first needed, and anew after a failed
 * commit. One transaction after the other, for one thread.
 */
public final class Transaction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Transaction.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Supplier<Producer<Object, Object>> newProducer;
    private Producer<Object, Object> producer;
    private boolean open;
    private boolean inDoubt;

    /** Why a send since the last begin was not taken; written on the producer's thread, too. */
    private volatile Exception refusal;

    /** Takes how to make a producer with a {@code transactional.id} that nobody else has. */
    public Transaction(Supplier<Producer<Object, Object>> newProducer) {
        this.newProducer = newProducer;
    }

    public boolean isOpen() {
        return open;
    }

    /**
     * Whether the last commit failed in a way that leaves open whether Kafka has done it: the answer may have been lost. Until
     * Kafka knows, it does not tell the committed offsets to those who ask.
     */
    public boolean isInDoubt() {
        return inDoubt;
    }

    /**
     * Sends a record as part of the transaction, which begins with the first. A send that is not taken fails the commit, too.
     *
     * @throws KafkaException where no transaction can begin
     */
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
        if (!open) {
            begin();
        }
        return producer.send(sent, (metadata, error) -> {
            if (error != null) {
                refusal = error;
            }
            callback.onCompletion(metadata, error);
        });
    }

    private void begin() {
        try {
            if (producer == null) {
                producer = newProducer.get();
                producer.initTransactions();
            }
            producer.beginTransaction();
            refusal = null;
            inDoubt = false;
            open = true;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Commits what was sent, and these offsets with it. Returns when Kafka has.
     *
     * @throws KafkaException where it was not done or its outcome is not known; nothing is open then. Until the outcome is
     *     known, Kafka does not tell the committed offset to those who ask.
     */
    public void commit(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        try {
            if (!open) {
                begin();
            }
            producer.flush();
            if (refusal != null) {
                throw new KafkaException(
                        "what was sent with %s was not taken: %s".formatted(offsets, Causes.inShort(refusal)), refusal);
            }
            producer.sendOffsetsToTransaction(offsets, group);
            inDoubt = true;
            producer.commitTransaction();
            inDoubt = false;
            open = false;
        } catch (RuntimeException e) {
            abort();
            close();
            throw e;
        }
    }

    /** Commits these records and offsets, and nothing else. As the other {@code commit}. */
    public void commit(
            List<ProducerRecord<Object, Object>> sent,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {
        try {
            sent.forEach(each -> send(each, (metadata, error) -> {}));
        } catch (RuntimeException e) {
            abort();
            close();
            throw e;
        }
        commit(offsets, group);
    }

    /** Takes back what is open, where that can be done; else Kafka does, after {@code transaction.timeout.ms}. Never throws. */
    public void abort() {
        if (open) {
            open = false;
            try {
                producer.abortTransaction();
            } catch (RuntimeException e) {
                LOG.debug("The transaction is left to its time-out", e);
                close();
            }
        }
    }

    @Override
    public void close() {
        open = false;
        if (producer != null) {
            producer.close(CLOSE_WITHIN);
            producer = null;
        }
    }
}
