package io.wadi.kafka.producer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;

/**
 * A pool of {@link Transaction}s that are used in turn: for some time after a commit, Kafka rejects the next
 * transaction of the same producer as concurrent, and the producer retries after 20 ms. If commits are rare, one
 * producer is used. Not thread-safe.
 */
public final class Transactions implements AutoCloseable {
    private static final int MAX = 4;
    /**
     * The time after which a transaction is used again. Kafka usually completes a transaction within a few
     * milliseconds.
     */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final Function<String, Producer<Object, Object>> newProducer;
    private final List<Used> all = new ArrayList<>(1);

    /** A transaction and the time of its last use. */
    private static final class Used {
        private final Transaction transaction;
        private long atNanos;

        Used(Transaction transaction) {
            this.transaction = transaction;
        }
    }

    /**
     * Creates an empty pool.
     *
     * @param newProducer creates a producer with a {@code transactional.id}
     */
    public Transactions(Function<String, Producer<Object, Object>> newProducer) {
        this.newProducer = newProducer;
    }

    /**
     * Returns a transaction that was not used recently; otherwise a new one, up to the maximum; otherwise the least
     * recently used one.
     */
    public Transaction next() {
        long now = System.nanoTime();
        Used next = all.stream()
                .filter(each -> now - each.atNanos > REST_NANOS)
                .findFirst()
                .orElseGet(() -> all.size() < MAX ? add() : longestAgo(now));
        next.atNanos = now;
        return next.transaction;
    }

    private Used add() {
        Used added = new Used(new Transaction(newProducer));
        all.add(added);
        return added;
    }

    private Used longestAgo(long now) {
        return all.stream()
                .max(Comparator.comparingLong(each -> now - each.atNanos))
                .orElseThrow();
    }

    @Override
    public void close() {
        all.forEach(each -> each.transaction.close());
    }
}
