package io.wadi.indexing.bulk;

import java.util.ArrayDeque;
import java.util.Deque;

/** A fair semaphore for concurrent requests of all partitions of a process, without blocking. Thread-safe. */
public final class RequestSlots {
    private final Deque<Object> waiting = new ArrayDeque<>();
    private final int all;
    private int free;

    public RequestSlots(int all) {
        this.all = all;
        this.free = all;
    }

    /** Acquires a slot and returns true, or queues the caller, which must retry soon or {@link #leave} the queue. */
    synchronized boolean take(Object caller) {
        boolean isNext = waiting.isEmpty() || waiting.peek() == caller;
        if (isNext && takeFirst(caller)) {
            return true;
        }
        if (!waiting.contains(caller)) {
            waiting.add(caller);
        }
        return false;
    }

    /** Acquires a slot ahead of the queue; used during shutdown. */
    synchronized boolean takeFirst(Object caller) {
        if (free == 0) {
            return false;
        }
        waiting.remove(caller);
        free--;
        return true;
    }

    synchronized void leave(Object caller) {
        waiting.remove(caller);
    }

    /** Returns the number of slots in use. */
    public synchronized int taken() {
        return all - free;
    }

    synchronized void give() {
        free++;
    }
}
