package io.wadi.kafka.producer;

import io.wadi.kafka.RejectedSendException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A pool of {@link Transaction}s that are used in turn: for some time after a commit, Kafka rejects the next
 * transaction of the same producer as concurrent, and the producer retries after 20 ms. If commits are rare, one
 * producer is used. Not thread-safe.
 */
public final class Transactions implements AutoCloseable {
    private static final int MAX = 4;
    /**
     * The time after its end when a transaction is used again. Kafka usually completes a transaction within a few
     * milliseconds.
     */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final Function<String, Producer<Object, Object>> newProducer;
    private final LongSupplier nanoTime;
    private final List<Used> all = new ArrayList<>(1);

    /** A transaction and the end of its last use. */
    private static final class Used {
        private final Transaction transaction;
        private long endedNanos;

        Used(Transaction transaction) {
            this.transaction = transaction;
        }
    }

    /**
     * Creates an empty pool.
     *
     * @param newProducer creates a producer with a {@code transactional.id}
     */
    public Transactions(Function<String, Producer<Object, Object>> newProducer, LongSupplier nanoTime) {
        this.newProducer = newProducer;
        this.nanoTime = nanoTime;
    }

    /**
     * Commits records and offsets, as {@link Transaction#commit(List, Function, Map, ConsumerGroupMetadata)}.
     *
     * @throws RejectedSendException if Kafka will never accept some of the first records; nothing is committed
     * @throws KafkaException if the commit failed or its outcome is unknown
     */
    public void commit(
            List<ProducerRecord<Object, Object>> sent,
            Function<List<RecordMetadata>, List<ProducerRecord<Object, Object>>> next,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {
        Used used = next();
        try {
            used.transaction.commit(sent, next, offsets, group);
        } finally {
            used.endedNanos = nanoTime.getAsLong();
        }
    }

    /**
     * Returns a transaction that did not end recently; otherwise a new one, up to the maximum; otherwise the one that
     * ended first.
     */
    private Used next() {
        long now = nanoTime.getAsLong();
        return all.stream()
                .filter(each -> now - each.endedNanos > REST_NANOS)
                .findFirst()
                .orElseGet(() -> all.size() < MAX ? add() : endedFirst(now));
    }

    private Used add() {
        Used added = new Used(new Transaction(newProducer));
        all.add(added);
        return added;
    }

    private Used endedFirst(long now) {
        return all.stream()
                .max(Comparator.comparingLong(each -> now - each.endedNanos))
                .orElseThrow();
    }

    @Override
    public void close() {
        all.forEach(each -> each.transaction.close());
    }
}
