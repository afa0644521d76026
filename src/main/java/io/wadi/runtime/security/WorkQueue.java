package io.wadi.runtime.security;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * A bounded queue of tasks with its own worker threads, which serve the networks of clients round robin. If the queue
 * is full, the newest task of the network with the most tasks is rejected, so that one network cannot fill the queue.
 * Thread-safe.
 */
public final class WorkQueue {
    private final String name;
    private final int workers;
    private final int workersPerNetwork;
    private final int maxWaiting;
    /** The waiting tasks by network; the network to serve next is first. */
    private final Map<InetAddress, Deque<Task<?>>> waiting = new LinkedHashMap<>();

    private final Map<InetAddress, Integer> runningOfNetwork = new HashMap<>();
    private WorkerExecutor executor;
    private int count;
    private int running;

    private record Task<T>(Context loop, InetAddress network, Callable<T> work, Promise<T> promise) {
        void reject() {
            loop.runOnContext(now -> promise.fail(new FullException()));
        }

        void start(WorkerExecutor executor, Runnable ended) {
            // The future of the executor completes on the event loop that submits the work.
            loop.runOnContext(now ->
                    executor.executeBlocking(work, false).onComplete(promise).onComplete(done -> ended.run()));
        }
    }

    /** Thrown if work is not started because the queue is full or the work is canceled. */
    public static final class FullException extends Exception {
        FullException() {
            super("too many requests are waiting", null, false, false);
        }
    }

    /** Creates a queue; {@code name} is the name of its worker threads. One network may use all of them. */
    public WorkQueue(String name, int workers, int maxWaiting) {
        this(name, workers, workers, maxWaiting);
    }

    /** Like {@link #WorkQueue(String, int, int)}, where one network may use only some of the threads. */
    public WorkQueue(String name, int workers, int workersPerNetwork, int maxWaiting) {
        this.name = name;
        this.workers = workers;
        this.workersPerNetwork = workersPerNetwork;
        this.maxWaiting = maxWaiting;
    }

    /**
     * Runs the work on a worker thread.
     *
     * @param loop the event loop on which the future completes
     * @return the result of the work; the future fails with {@link FullException} if the work is rejected
     */
    public <T> Future<T> submit(Context loop, InetAddress network, Callable<T> work) {
        Promise<T> promise = Promise.promise();
        Task<?> rejected = add(new Task<>(loop, network, work, promise));
        if (rejected != null) {
            rejected.reject();
        }
        startNext();
        return promise.future();
    }

    /**
     * Rejects work that has not started, so that the queue does not hold it when its client has disconnected.
     *
     * @param submitted the result of {@link #submit}; has no effect for another future
     */
    public void cancel(InetAddress network, Future<?> submitted) {
        Task<?> canceled = remove(network, submitted);
        if (canceled != null) {
            canceled.reject();
        }
    }

    /** Removes a waiting task. Returns it; null if it does not wait. */
    private synchronized Task<?> remove(InetAddress network, Future<?> submitted) {
        Deque<Task<?>> own = waiting.getOrDefault(network, new ArrayDeque<>());
        for (Task<?> task : own) {
            if (task.promise().future().equals(submitted)) {
                own.remove(task);
                count--;
                if (own.isEmpty()) {
                    waiting.remove(network);
                }
                return task;
            }
        }
        return null;
    }

    /** Adds a task. Returns the rejected task, which may be another task; null if none is rejected. */
    private synchronized Task<?> add(Task<?> task) {
        if (executor == null) {
            executor = task.loop().owner().createSharedWorkerExecutor(name, workers);
        }
        Deque<Task<?>> own = waiting.computeIfAbsent(task.network(), first -> new ArrayDeque<>());
        own.add(task);
        count++;
        return count > maxWaiting + (workers - running) ? removeNewestOfMost(task.network(), own) : null;
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
            InetAddress network = next.network();
            next.start(executor, () -> {
                ended(network);
                startNext();
            });
        }
    }

    private synchronized void ended(InetAddress network) {
        running--;
        runningOfNetwork.computeIfPresent(network, (key, now) -> now == 1 ? null : now - 1);
    }

    private synchronized Task<?> next() {
        if (running == workers) {
            return null;
        }
        InetAddress network = waiting.keySet().stream()
                .filter(each -> runningOfNetwork.getOrDefault(each, 0) < workersPerNetwork)
                .findFirst()
                .orElse(null);
        if (network == null) {
            return null;
        }
        Deque<Task<?>> tasks = waiting.remove(network);
        Task<?> task = tasks.remove();
        if (!tasks.isEmpty()) {
            waiting.put(network, tasks);
        }
        count--;
        running++;
        runningOfNetwork.merge(network, 1, Integer::sum);
        return task;
    }
}
