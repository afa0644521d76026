package io.wadi.management.access;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Verifies credentials on worker threads, a few at a time; others wait. Networks take turns, each with its oldest. Where too many
 * wait, the newest of the network with the most is refused, so that one network cannot fill the queue for others. Thread-safe.
 */
final class VerificationQueue {
    private final int workers;
    private final int most;
    /** The network whose turn is next stands first. */
    private final Map<InetAddress, Deque<Task<?>>> waiting = new LinkedHashMap<>();

    private int count;
    private int running;

    private record Task<T>(Context loop, Callable<T> work, Promise<T> promise) {
        void refuse() {
            loop.runOnContext(now -> promise.fail(new FullException()));
        }

        Future<T> start() {
            return loop.executeBlocking(work, false).onComplete(promise);
        }
    }

    /** Too many wait; this one was not verified. */
    static final class FullException extends Exception {
        private static final long serialVersionUID = 1;

        FullException() {
            super("too many credentials wait to be verified", null, false, false);
        }
    }

    /**
     * Takes the limits.
     *
     * @param workers how many are verified at a time
     * @param most how many may wait
     */
    VerificationQueue(int workers, int most) {
        this.workers = workers;
        this.most = most;
    }

    /**
     * Verifies in its turn.
     *
     * @param loop the request's, on which the future ends: with what the work gives or throws, or with {@link FullException}
     */
    <T> Future<T> submit(Context loop, InetAddress network, Callable<T> work) {
        Promise<T> promise = Promise.promise();
        Task<?> refused = add(network, new Task<>(loop, work, promise));
        if (refused != null) {
            refused.refuse();
        }
        startNext();
        return promise.future();
    }

    /** Returns what is refused for it; null for nothing. */
    private synchronized Task<?> add(InetAddress network, Task<?> task) {
        Deque<Task<?>> own = waiting.computeIfAbsent(network, first -> new ArrayDeque<>());
        own.add(task);
        count++;
        return count > most + (workers - running) ? removeNewestOfMost(network, own) : null;
    }

    private Task<?> removeNewestOfMost(InetAddress newcomer, Deque<Task<?>> own) {
        InetAddress longest = newcomer;
        Deque<Task<?>> found = own;
        for (Map.Entry<InetAddress, Deque<Task<?>>> each : waiting.entrySet()) {
            if (each.getValue().size() > found.size()) {
                longest = each.getKey();
                found = each.getValue();
            }
        }
        count--;
        Task<?> newest = found.removeLast();
        if (found.isEmpty()) {
            waiting.remove(longest);
        }
        return newest;
    }

    private void startNext() {
        for (Task<?> next = next(); next != null; next = next()) {
            next.start().onComplete(ended -> {
                synchronized (this) {
                    running--;
                }
                startNext();
            });
        }
    }

    private synchronized Task<?> next() {
        if (running == workers || waiting.isEmpty()) {
            return null;
        }
        Map.Entry<InetAddress, Deque<Task<?>>> turn =
                waiting.entrySet().iterator().next();
        waiting.remove(turn.getKey());
        Task<?> task = turn.getValue().remove();
        if (!turn.getValue().isEmpty()) {
            waiting.put(turn.getKey(), turn.getValue());
        }
        count--;
        running++;
        return task;
    }
}
