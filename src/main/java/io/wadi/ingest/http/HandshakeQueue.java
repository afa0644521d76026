package io.wadi.ingest.http;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * A queue of TLS handshakes that runs a few at a time, so that they do not compete with the event loops for the processors. Clients
 * are served in turn, each with its oldest connection. A connection has one entry at most; entries of closed connections are
 * discarded. Thread-safe.
 */
final class HandshakeQueue {
    private final int threads;
    /** In the order of turns: the first entry is served next. */
    private final Map<Object, Queue<Task>> waiting = new LinkedHashMap<>();

    private int running;

    private record Task(BooleanSupplier isOpen, Executor workers, Runnable work) {}

    /** Creates a queue that keeps so many threads busy at most. */
    HandshakeQueue(int threads) {
        this.threads = threads;
    }

    /**
     * Queues a handshake's work.
     *
     * @param isOpen whether its connection is still open
     * @param workers runs it
     */
    void add(Object client, BooleanSupplier isOpen, Executor workers, Runnable work) {
        synchronized (this) {
            waiting.computeIfAbsent(client, first -> new ArrayDeque<>()).add(new Task(isOpen, workers, work));
        }
        startNext();
    }

    private void startNext() {
        Task next = next();
        if (next != null) {
            next.workers().execute(() -> {
                try {
                    if (next.isOpen().getAsBoolean()) {
                        next.work().run();
                    }
                } finally {
                    ended();
                }
            });
        }
    }

    private void ended() {
        synchronized (this) {
            running--;
        }
        startNext();
    }

    private synchronized Task next() {
        if (running == threads || waiting.isEmpty()) {
            return null;
        }
        Map.Entry<Object, Queue<Task>> first = waiting.entrySet().iterator().next();
        Queue<Task> tasks = first.getValue();
        waiting.remove(first.getKey());
        Task task = tasks.remove();
        if (!tasks.isEmpty()) {
            waiting.put(first.getKey(), tasks);
        }
        running++;
        return task;
    }
}
