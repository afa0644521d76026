package io.wadi.kafka.consumer;

import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RecordDelivery;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The record or batch that a {@link FlowConsumer} is delivering, until its completion is reported, possibly by another
 * thread. Methods that are not documented as thread-safe are called on the consumer's thread.
 */
final class InFlightBatch extends RecordDelivery {
    private final OwnedPartitions owned;
    private final RouteSends sends;
    private final long deliveryNanos;
    private final LongSupplier nanoTime;
    private ConsumerRecord<Object, Object> current;

    /** Whether the current record's exchange has begun, so that its completion will be reported. */
    private boolean begun;

    private boolean stopping;
    private long polledAtNanos;
    private boolean isEnded;

    /**
     * Creates an empty batch.
     *
     * @param deliveryTimeout the maximum time after a poll in which the delivery of its records begins, and the maximum
     *     time to await the completion of an exchange. Both together last at most one and a half times as long.
     */
    InFlightBatch(OwnedPartitions owned, RouteSends sends, Duration deliveryTimeout, LongSupplier nanoTime) {
        this.owned = owned;
        this.sends = sends;
        this.deliveryNanos = deliveryTimeout.toNanos();
        this.nanoTime = nanoTime;
    }

    void bindThread() {
        bind();
    }

    /** Ends the delivery. A completion that another thread reports later has no effect. */
    synchronized void unbindThread() {
        unbind();
        current = null;
        begun = false;
    }

    /** Starts the delivery timeout of the records of a poll. */
    void polled() {
        polledAtNanos = nanoTime.getAsLong();
        isEnded = false;
    }

    /** Returns the record or batch being delivered, or null. */
    synchronized ConsumerRecord<Object, Object> current() {
        return current;
    }

    /** Stops the delivery of the remaining records of the poll. */
    void endPoll() {
        isEnded = true;
    }

    @Override
    public synchronized ConsumerRecord<Object, Object> begin() {
        begun = current != null;
        return current;
    }

    @Override
    public synchronized void completed(ConsumerRecord<Object, Object> record, Exception error) {
        if (record != current) {
            return;
        }
        current = null;
        begun = false;
        try {
            OwnedPartition partition = owned.find(record);
            if (partition != null) {
                partition.completed(record, error);
            }
        } finally {
            notifyAll();
        }
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback, DirectSend direct) {
        ConsumerRecord<Object, Object> origin = current();
        return origin == null ? direct.send(sent, callback) : sends.send(origin, sent, callback, direct, this::endPoll);
    }

    /**
     * Waits for an exchange that continues on another thread, as after {@code seda:}. A record fails if its exchange
     * does not complete in time, or has not begun.
     */
    synchronized void awaitCompletion() {
        awaitExchange();
        failUncompleted();
    }

    private synchronized void awaitExchange() {
        long began = nanoTime.getAsLong();
        long sincePollNanos = began - polledAtNanos;
        long timeoutNanos = Math.min(deliveryNanos, deliveryNanos + deliveryNanos / 2 - sincePollNanos);
        while (begun && !stopping) {
            long leftMs = (began + timeoutNanos - nanoTime.getAsLong()) / 1_000_000;
            if (leftMs <= 0) {
                failUncompleted();
                return;
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    private synchronized void failUncompleted() {
        if (current != null) {
            completed(current, new IllegalStateException("The exchange did not complete in time or never started"));
        }
    }

    /** Ends all current and later waits for completions. Thread-safe. */
    synchronized void stopWaiting() {
        stopping = true;
        notifyAll();
    }

    /** Runs an action if this batch is being delivered. Thread-safe. */
    synchronized void ifDelivering(RecordBatch batch, Runnable action) {
        if (current != null && current.value() == batch) {
            action.run();
        }
    }

    private synchronized ConsumerRecord<Object, Object> take(ConsumerRecord<Object, Object> next) {
        current = next;
        return next;
    }

    /**
     * Returns one partition's records, to be iterated once. The iteration ends early at a failure, to keep the order,
     * and at the delivery timeout, to keep the membership in the group; the remaining records are fetched again.
     *
     * @param afterEach called on the consumer's thread after each completion
     */
    List<ConsumerRecord<Object, Object>> deliver(
            OwnedPartition partition, List<ConsumerRecord<Object, Object>> records, Runnable afterEach) {
        return new AbstractList<>() {
            @Override
            public ConsumerRecord<Object, Object> get(int index) {
                return records.get(index);
            }

            @Override
            public int size() {
                return records.size();
            }

            @Override
            public Iterator<ConsumerRecord<Object, Object>> iterator() {
                return new Delivering(partition, records.iterator(), afterEach);
            }
        };
    }

    private boolean mayDeliver() {
        return !isEnded && nanoTime.getAsLong() - polledAtNanos < deliveryNanos;
    }

    private final class Delivering implements Iterator<ConsumerRecord<Object, Object>> {
        private final OwnedPartition partition;
        private final Iterator<ConsumerRecord<Object, Object>> records;
        private final Runnable afterEach;

        Delivering(OwnedPartition partition, Iterator<ConsumerRecord<Object, Object>> records, Runnable afterEach) {
            this.partition = partition;
            this.records = records;
            this.afterEach = afterEach;
        }

        @Override
        public boolean hasNext() {
            awaitExchange();
            if (current() == null) {
                afterEach.run();
            }
            return !partition.hasFailed() && records.hasNext() && mayDeliver();
        }

        @Override
        public ConsumerRecord<Object, Object> next() {
            failUncompleted();
            // Not hasNext(), since the delivery timeout may have ended after that call.
            if (partition.hasFailed() || isEnded) {
                throw new NoSuchElementException();
            }
            return take(records.next());
        }
    }
}
