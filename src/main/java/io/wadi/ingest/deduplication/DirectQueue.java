package io.wadi.ingest.deduplication;

import java.util.ArrayList;
import java.util.List;

/**
 * The direct events of a partition of an inbox: this process has accepted them and owns the partition, so that they can
 * be in its next transaction without being sent to the inbox. The queue is open from the beginning of a transaction
 * until none follows immediately. While it is closed, events are sent to the inbox, which starts the next transaction.
 * Thread-safe.
 */
final class DirectQueue {
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
