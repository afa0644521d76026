package io.wadi.kafka.consumer;

import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RecordDelivery;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The one record or run that a {@link FlowConsumer} is delivering, until its end is reported, which may be on another
 * thread. Everything else is called on the consumer's thread.
 */
final class InFlightBatch extends RecordDelivery {
    private final OwnedPartitions owned;
    private final RouteSends sends;
    private final Duration longest;
    private ConsumerRecord<Object, Object> current;

    /** Whether the current record's exchange has begun, so that its end will be reported. */
    private boolean begun;

    private boolean stopping;
    private long deliverUntilNanos;

    /**
     * Takes the partitions that records come from, and where the route's sends go.
     *
     * @param longest how long records may be delivered after a poll, and how long the end of an exchange is awaited
     */
    InFlightBatch(OwnedPartitions owned, RouteSends sends, Duration longest) {
        super();
        this.owned = owned;
        this.sends = sends;
        this.longest = longest;
    }

    /** The current thread is the consumer's. */
    void begunThread() {
        bind();
    }

    /** The current thread was the consumer's. */
    void endedThread() {
        unbind();
    }

    /** A poll has returned records: the time to deliver them begins. */
    void polled() {
        deliverUntilNanos = System.nanoTime() + longest.toNanos();
    }

    /** The record or run that is being delivered, or null. */
    synchronized ConsumerRecord<Object, Object> current() {
        return current;
    }

    /** Nothing more of this poll is delivered. */
    void endPoll() {
        deliverUntilNanos = System.nanoTime();
    }

    @Override
    public synchronized ConsumerRecord<Object, Object> begin() {
        begun = current != null;
        return current;
    }

    @Override
    public synchronized void ended(ConsumerRecord<Object, Object> record, Exception error) {
        if (record != current) {
            return;
        }
        current = null;
        begun = false;
        try {
            owned.of(record).ended(record, error);
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
     * Waits for an exchange that has begun and is still under way on another thread, as after {@code seda:}. What has not
     * ended in time counts as failed, and so does what has not even begun.
     */
    synchronized void bringToAnEnd() {
        awaitEnd();
        reportUnended();
    }

    private synchronized void awaitEnd() {
        long deadline = System.nanoTime() + longest.toNanos();
        while (begun && !stopping) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                reportUnended();
                return;
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptException(e);
            }
        }
    }

    private synchronized void reportUnended() {
        if (current != null) {
            ended(current, new IllegalStateException("its exchange did not end"));
        }
    }

    /** Ends all waiting, for good. Thread-safe. */
    synchronized void stopWaiting() {
        stopping = true;
        notifyAll();
    }

    /** Runs an action while this run is being delivered, and does nothing otherwise. Thread-safe. */
    synchronized void during(RecordBatch run, Runnable action) {
        if (current != null && current.value() == run) {
            action.run();
        }
    }

    private synchronized ConsumerRecord<Object, Object> take(ConsumerRecord<Object, Object> next) {
        current = next;
        return next;
    }

    /**
     * Returns one partition's records, to be iterated once. The iteration ends early at a failure, so that the partition's
     * order is kept, and when time is up, so that slow records do not cost the membership in the group; the rest is fetched
     * again.
     *
     * @param between called on the consumer's thread whenever a record has ended
     */
    List<ConsumerRecord<Object, Object>> deliver(
            OwnedPartition partition, List<ConsumerRecord<Object, Object>> records, Runnable between) {
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
                return new Delivering(partition, records.iterator(), between);
            }
        };
    }

    private final class Delivering implements Iterator<ConsumerRecord<Object, Object>> {
        private final OwnedPartition partition;
        private final Iterator<ConsumerRecord<Object, Object>> records;
        private final Runnable between;

        Delivering(OwnedPartition partition, Iterator<ConsumerRecord<Object, Object>> records, Runnable between) {
            this.partition = partition;
            this.records = records;
            this.between = between;
        }

        @Override
        public boolean hasNext() {
            awaitEnd();
            if (current() == null) {
                between.run();
            }
            return !partition.hasFailed() && records.hasNext() && System.nanoTime() - deliverUntilNanos < 0;
        }

        @Override
        public ConsumerRecord<Object, Object> next() {
            reportUnended();
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return take(records.next());
        }
    }
}
