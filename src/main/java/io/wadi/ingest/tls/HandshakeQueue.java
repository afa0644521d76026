package io.wadi.ingest.tls;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * A queue of TLS handshakes that runs a limited number at a time, so that they do not compete with the event loops for
 * the processors. Clients that have sent a valid key get three of four turns while other clients wait, as on the event
 * loops. Within each group clients are served in turn, each with its oldest connection. Tasks of closed connections are
 * removed: a client can open and close connections faster than other clients' handshakes end. Thread-safe.
 */
public final class HandshakeQueue {
    /** One in this number of turns goes to a client without a key. */
    private static final int TURNS = 4;

    private final int threads;
    /** The tasks of clients with a key, in the order of turns: the first client is served next. */
    private final Map<Object, Set<Task>> withKey = new LinkedHashMap<>();

    private final Map<Object, Set<Task>> others = new LinkedHashMap<>();

    private int running;
    /** The number of turns of clients with a key since the last turn of another client. */
    private int turns;

    /**
     * A client to which handshakes are charged.
     *
     * @param address the network address, or another identification of the client
     * @param hasKey whether the client has sent a valid key
     */
    public record Client(Object address, boolean hasKey) {}

    private static final class Task {
        private final BooleanSupplier isOpen;
        private final Executor workers;
        private final Runnable work;

        Task(BooleanSupplier isOpen, Executor workers, Runnable work) {
            this.isOpen = isOpen;
            this.workers = workers;
            this.work = work;
        }
    }

    /** Creates a queue that runs at most {@code threads} tasks at a time. */
    HandshakeQueue(int threads) {
        this.threads = threads;
    }

    /**
     * Queues a task of a handshake.
     *
     * @param isOpen returns whether the connection is still open
     * @param workers runs the task
     * @param work the task
     * @return removes the task unless it has begun; to be called when the connection closes
     */
    Runnable add(Client client, BooleanSupplier isOpen, Executor workers, Runnable work) {
        Map<Object, Set<Task>> waiting = client.hasKey() ? withKey : others;
        Task task = new Task(isOpen, workers, work);
        synchronized (this) {
            waiting.computeIfAbsent(client.address(), first -> new LinkedHashSet<>())
                    .add(task);
        }
        startNext();
        return () -> remove(waiting, client.address(), task);
    }

    private synchronized void remove(Map<Object, Set<Task>> waiting, Object address, Task task) {
        waiting.computeIfPresent(address, (client, tasks) -> {
            tasks.remove(task);
            return tasks.isEmpty() ? null : tasks;
        });
    }

    /** Returns the number of tasks that wait. */
    synchronized int size() {
        return withKey.values().stream().mapToInt(Collection::size).sum()
                + others.values().stream().mapToInt(Collection::size).sum();
    }

    private void startNext() {
        Task next = next();
        if (next != null) {
            next.workers.execute(() -> {
                try {
                    if (next.isOpen.getAsBoolean()) {
                        next.work.run();
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
        if (running == threads || (withKey.isEmpty() && others.isEmpty())) {
            return null;
        }
        running++;
        boolean isTurnOfOthers = withKey.isEmpty() || (turns == TURNS - 1 && !others.isEmpty());
        turns = isTurnOfOthers ? 0 : Math.min(turns + 1, TURNS - 1);
        return next(isTurnOfOthers ? others : withKey);
    }

    private static Task next(Map<Object, Set<Task>> waiting) {
        Map.Entry<Object, Set<Task>> first = waiting.entrySet().iterator().next();
        Set<Task> tasks = first.getValue();
        waiting.remove(first.getKey());
        Iterator<Task> oldest = tasks.iterator();
        Task task = oldest.next();
        oldest.remove();
        if (!tasks.isEmpty()) {
            waiting.put(first.getKey(), tasks);
        }
        return task;
    }
}
