package io.wadi.ingest.deduplication;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * The queues of direct events of the partitions that this process owns. Direct events may outlast their requests, for
 * example while Kafka does not respond, so that the memory of all of them has a limit of its own. Thread-safe.
 */
public final class DirectQueues {
    private final int max;
    private final long maxBytes;
    private final LongSupplier timeMs;
    private final AtomicLong heldBytes = new AtomicLong();
    private final Map<TopicPartition, DirectQueue> all = new ConcurrentHashMap<>();

    /**
     * The direct events of a partition of an inbox: this process has accepted them and owns the partition, so that they can
     * be in its next transaction without being sent to the inbox. The queue is open from the beginning of a transaction
     * until none follows immediately. While it is closed, events are sent to the inbox, which starts the next transaction.
     * Thread-safe.
     */
    static final class DirectQueue {
        private final int max;
        private List<DirectEvent> queued = new ArrayList<>();
        private volatile boolean isOpen;

        /**
         * Creates a closed queue.
         *
         * @param max maximum number of queued events
         */
        DirectQueue(int max) {
            this.max = max;
        }

        /** Adds an event. Returns false if the queue is closed or full; then the event must be sent to the inbox. */
        synchronized boolean offer(DirectEvent event) {
            return isOpen && queued.size() < max && queued.add(event);
        }

        void open() {
            isOpen = true;
        }

        boolean isOpen() {
            return isOpen;
        }

        synchronized boolean isEmpty() {
            return queued.isEmpty();
        }

        /** Removes and returns all events, in the order in which they were added. */
        synchronized List<DirectEvent> take() {
            List<DirectEvent> taken = queued;
            queued = new ArrayList<>();
            return taken;
        }

        /** Closes the queue, and removes and returns all events. */
        synchronized List<DirectEvent> close() {
            isOpen = false;
            return take();
        }

        /** Closes the queue if it is empty. */
        synchronized void closeIfEmpty() {
            isOpen &= !queued.isEmpty();
        }
    }

    /**
     * Creates an instance without queues.
     *
     * @param max maximum number of events of a queue
     * @param maxBytes maximum size of all direct events
     * @param timeMs the clock, in milliseconds since 1970
     */
    public DirectQueues(int max, long maxBytes, LongSupplier timeMs) {
        this.max = max;
        this.maxBytes = maxBytes;
        this.timeMs = timeMs;
    }

    /** Counts the memory of a direct event. Returns false if the limit is reached. */
    boolean tryHold(long bytes) {
        if (heldBytes.addAndGet(bytes) <= maxBytes) {
            return true;
        }
        release(bytes);
        return false;
    }

    /** Releases the memory of a direct event that has an outcome. */
    void release(long bytes) {
        heldBytes.addAndGet(-bytes);
    }

    /** Returns the current time, in milliseconds since 1970. */
    long timeMs() {
        return timeMs.getAsLong();
    }

    /** Adds the queue of a partition that was assigned. */
    DirectQueue add(TopicPartition inbox) {
        DirectQueue added = new DirectQueue(max);
        all.put(inbox, added);
        return added;
    }

    /** Removes a queue, unless the partition has a newer one. */
    void remove(TopicPartition inbox, DirectQueue removed) {
        all.remove(inbox, removed);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Returns the queue of a partition; null if this process does not own the partition. */
    DirectQueue find(TopicPartition inbox) {
        return all.get(inbox);
    }
}
