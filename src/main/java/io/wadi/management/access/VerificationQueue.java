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
 * A bounded queue of credentials that worker threads verify, round robin by network. If the queue is full, the newest
 * task of the network with the most tasks is rejected, so that one network cannot fill the queue for others.
 * Thread-safe.
 */
final class VerificationQueue {
    private final int workers;
    private final int maxWaiting;
    /** The next network is first. */
    private final Map<InetAddress, Deque<Task<?>>> waiting = new LinkedHashMap<>();

    private int count;
    private int running;

    private record Task<T>(Context loop, Callable<T> work, Promise<T> promise) {
        void reject() {
            loop.runOnContext(now -> promise.fail(new FullException()));
        }

        Future<T> start() {
            return loop.executeBlocking(work, false).onComplete(promise);
        }
    }

    /** The credentials were not verified because the queue is full. */
    static final class FullException extends Exception {
        private static final long serialVersionUID = 1;

        FullException() {
            super("too many credentials are waiting for verification", null, false, false);
        }
    }

    VerificationQueue(int workers, int maxWaiting) {
        this.workers = workers;
        this.maxWaiting = maxWaiting;
    }

    /**
     * Runs the work on a worker thread.
     *
     * @param loop the event loop on which the future completes, with the result of the work or with {@link
     *     FullException}
     */
    <T> Future<T> submit(Context loop, InetAddress network, Callable<T> work) {
        Promise<T> promise = Promise.promise();
        Task<?> rejected = add(network, new Task<>(loop, work, promise));
        if (rejected != null) {
            rejected.reject();
        }
        startNext();
        return promise.future();
    }

    /** Returns the task that is rejected; null if none is. */
    private synchronized Task<?> add(InetAddress network, Task<?> task) {
        Deque<Task<?>> own = waiting.computeIfAbsent(network, first -> new ArrayDeque<>());
        own.add(task);
        count++;
        return count > maxWaiting + (workers - running) ? removeNewestOfMost(network, own) : null;
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
