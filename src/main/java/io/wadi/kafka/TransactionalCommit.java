package io.wadi.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a consumer's offset together with records, all or nothing. The group refuses members that have lost the partition
 * (KIP-447), so the producer needs no identity that outlives it. It is made when it is first needed, and anew after a failure.
 * For one thread.
 */
final class TransactionalCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionalCommit.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Supplier<Producer<Object, Object>> newProducer;
    private Producer<Object, Object> producer;

    /** Takes how to make a producer with a {@code transactional.id} that nobody else has. */
    TransactionalCommit(Supplier<Producer<Object, Object>> newProducer) {
        this.newProducer = newProducer;
    }

    /**
     * Does it, and returns when Kafka has.
     *
     * @throws KafkaException where it was not done or its outcome is not known. Until it is, Kafka does not tell the committed
     *     offset to those who ask.
     */
    void commit(
            ConsumerGroupMetadata group,
            TopicPartition partition,
            OffsetAndMetadata offset,
            List<ProducerRecord<Object, Object>> sent) {
        try {
            Producer<Object, Object> open = open();
            open.beginTransaction();
            List<Future<RecordMetadata>> answers = sent.stream().map(open::send).toList();
            open.flush();
            for (Future<RecordMetadata> answer : answers) {
                answer.get();
            }
            open.sendOffsetsToTransaction(Map.of(partition, offset), group);
            open.commitTransaction();
        } catch (ExecutionException e) {
            giveUp();
            throw new KafkaException(
                    "%d records and offset %d of %s were not committed"
                            .formatted(sent.size(), offset.offset(), partition),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new InterruptException(e);
        } catch (RuntimeException e) {
            giveUp();
            throw e;
        }
    }

    private Producer<Object, Object> open() {
        if (producer == null) {
            producer = newProducer.get();
            producer.initTransactions();
        }
        return producer;
    }

    /** Takes back what is open, where that can be done; else Kafka does, after {@code transaction.timeout.ms}. */
    private void giveUp() {
        if (producer != null) {
            try {
                producer.abortTransaction();
            } catch (RuntimeException e) {
                LOG.debug("The transaction is left to its time-out", e);
            }
        }
        close();
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(CLOSE_WITHIN);
            producer = null;
        }
    }
}
