package io.wadi.ingest.http;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Does the work of TLS handshakes on a few threads, so that event loops keep the processors that they need. Clients take turns,
 * each with its oldest connection. A connection waits here once at most, and one that has been closed meanwhile costs nothing more.
 * Thread-safe.
 */
final class HandshakeQueue {
    private final int threads;
    /** The client whose turn is next stands first. */
    private final Map<Object, Queue<Task>> waiting = new LinkedHashMap<>();

    private int running;

    private record Task(BooleanSupplier isWanted, Executor workers, Runnable work) {}

    /** Takes how many threads may be at work at a time. */
    HandshakeQueue(int threads) {
        this.threads = threads;
    }

    /**
     * Has work done in its client's turn.
     *
     * @param isWanted whether its connection is still open
     * @param workers has threads
     */
    void add(Object client, BooleanSupplier isWanted, Executor workers, Runnable work) {
        synchronized (this) {
            waiting.computeIfAbsent(client, first -> new ArrayDeque<>()).add(new Task(isWanted, workers, work));
        }
        startNext();
    }

    private void startNext() {
        Task next = next();
        if (next != null) {
            next.workers().execute(() -> {
                try {
                    if (next.isWanted().getAsBoolean()) {
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
        Map.Entry<Object, Queue<Task>> turn = waiting.entrySet().iterator().next();
        Queue<Task> own = turn.getValue();
        waiting.remove(turn.getKey());
        Task task = own.remove();
        if (!own.isEmpty()) {
            waiting.put(turn.getKey(), own);
        }
        running++;
        return task;
    }
}
