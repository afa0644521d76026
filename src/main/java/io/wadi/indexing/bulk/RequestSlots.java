package io.wadi.indexing.bulk;

import java.util.ArrayDeque;
import java.util.Deque;

/** How many requests may be under way at a time, for all partitions of a process. Who waits longest is next. Thread-safe. */
public final class RequestSlots {
    private final Deque<Object> waiting = new ArrayDeque<>();
    private final int all;
    private int free;

    public RequestSlots(int all) {
        this.all = all;
        this.free = all;
    }

    /** Takes one, or stands in line: then the same has to ask again soon, or {@link #leave} the line. */
    synchronized boolean take(Object asking) {
        boolean isNext = waiting.isEmpty() ? free > 0 : free > 0 && waiting.peek() == asking;
        if (!isNext) {
            if (!waiting.contains(asking)) {
                waiting.add(asking);
            }
            return false;
        }
        waiting.remove(asking);
        free--;
        return true;
    }

    /** Takes one before all who stand in line, for who has to come to its end on the thread that attends to them. */
    synchronized boolean takeFirst(Object asking) {
        if (free == 0) {
            return false;
        }
        waiting.remove(asking);
        free--;
        return true;
    }

    /** Asks for none any more. */
    synchronized void leave(Object asking) {
        waiting.remove(asking);
    }

    /** How many are taken. */
    public synchronized int taken() {
        return all - free;
    }

    /** Gives one back. */
    synchronized void give() {
        free++;
    }
}
