package io.wadi.kafka.consumer;

import io.wadi.kafka.Run;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The one record or run that a {@link FlowConsumer} is handing over, until its end is reported, which may be on another
 * thread. Everything else is called on the consumer's thread.
 */
final class InHand {
    private final Duration longest;
    private final BiConsumer<ConsumerRecord<Object, Object>, Exception> ended;
    private ConsumerRecord<Object, Object> current;

    /** Whether the current record's exchange has begun, so that its end will be reported. */
    private boolean begun;

    private boolean stopping;
    private long handOutUntilNanos;

    /**
     * Takes how long records may be handed over after a poll, which is also how long an end is waited for, and who is told
     * of each end, with null where that went well.
     */
    InHand(Duration longest, BiConsumer<ConsumerRecord<Object, Object>, Exception> ended) {
        this.longest = longest;
        this.ended = ended;
    }

    /** A poll has returned records: the time to hand them over begins. */
    void polled() {
        handOutUntilNanos = System.nanoTime() + longest.toNanos();
    }

    /** The record or run that is being handed over, or null. */
    synchronized ConsumerRecord<Object, Object> current() {
        return current;
    }

    /** Nothing more of this poll is handed over. */
    void endPoll() {
        handOutUntilNanos = System.nanoTime();
    }

    /** The record or run whose exchange begins, whose end will be reported to {@link #ended}; null where there is none. */
    synchronized ConsumerRecord<Object, Object> begin() {
        begun = current != null;
        return current;
    }

    /**
     * A record or run left its route; {@code error} is null where that went well. Without effect where its end was
     * reported before or is not waited for any more. Thread-safe.
     */
    synchronized void ended(ConsumerRecord<Object, Object> record, Exception error) {
        if (record != current) {
            return;
        }
        current = null;
        begun = false;
        ended.accept(record, error);
        notifyAll();
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

    /** Does something while this run is being handed over, and nothing otherwise. Thread-safe. */
    synchronized void during(Run run, Runnable action) {
        if (current != null && current.value() == run) {
            action.run();
        }
    }

    private synchronized ConsumerRecord<Object, Object> take(ConsumerRecord<Object, Object> next) {
        current = next;
        return next;
    }

    /**
     * One partition's records, to be gone through once. Ends early at a failure, so that the partition's order is kept, and
     * when time is up, so that slow records do not cost the membership in the group; the rest is fetched again.
     *
     * @param between called on the consumer's thread whenever a record has ended
     */
    List<ConsumerRecord<Object, Object>> handOver(
            PartitionProgress progress, List<ConsumerRecord<Object, Object>> records, Runnable between) {
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
                return new HandingOver(progress, records.iterator(), between);
            }
        };
    }

    private final class HandingOver implements Iterator<ConsumerRecord<Object, Object>> {
        private final PartitionProgress progress;
        private final Iterator<ConsumerRecord<Object, Object>> records;
        private final Runnable between;

        HandingOver(PartitionProgress progress, Iterator<ConsumerRecord<Object, Object>> records, Runnable between) {
            this.progress = progress;
            this.records = records;
            this.between = between;
        }

        @Override
        public boolean hasNext() {
            awaitEnd();
            if (current() == null) {
                between.run();
            }
            return progress.failure() == null && records.hasNext() && System.nanoTime() - handOutUntilNanos < 0;
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
