package io.wadi.management.workers;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Worker threads for one kind of request, and limits of the requests that wait for them or use them, in total and of
 * one network. A request counts until its work has ended, also if its client has disconnected. Thread-safe.
 */
public final class WorkerPool {
    private final Limits limits;
    private final WorkQueue queue;
    private final Map<InetAddress, Integer> byNetwork = new HashMap<>();
    private int admitted;

    /**
     * The limits.
     *
     * @param threads number of worker threads
     * @param threadsPerNetwork maximum number of threads that requests of one network use at a time
     * @param requests maximum number of requests
     * @param requestsPerNetwork maximum number of requests of one network
     */
    public record Limits(int threads, int threadsPerNetwork, int requests, int requestsPerNetwork) {}

    /** Takes the name of the threads. */
    public WorkerPool(String name, Limits limits) {
        this.limits = limits;
        // Work of admitted requests is never rejected: each has at most one task in the queue, or one after another.
        this.queue = new WorkQueue(name, limits.threads(), limits.threadsPerNetwork(), 2 * limits.requests());
    }

    /** Returns a request whose work may use the threads; empty if a limit is reached. */
    public Optional<Request> tryAdmit(InetAddress network) {
        synchronized (byNetwork) {
            int ofNetwork = byNetwork.getOrDefault(network, 0);
            if (admitted >= limits.requests() || ofNetwork >= limits.requestsPerNetwork()) {
                return Optional.empty();
            }
            admitted++;
            byNetwork.put(network, ofNetwork + 1);
            return Optional.of(new Request(network));
        }
    }

    private void release(InetAddress network) {
        synchronized (byNetwork) {
            admitted--;
            byNetwork.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    /** An admitted request. It ends once its response has begun, or its client has disconnected, and no work is left. */
    public final class Request {
        private static final String KEY = "wadi.request";

        private final InetAddress network;
        private int unfinished;
        private boolean isAnswered;
        private boolean isReleased;

        private Request(InetAddress network) {
            this.network = network;
        }

        /** Makes this the request of an event loop's current context. */
        public void bindTo(Context loop) {
            loop.putLocal(KEY, this);
        }

        /** Returns the request of a context; null without one. */
        static Request of(Context loop) {
            return loop.getLocal(KEY);
        }

        /** Records that the response has begun, or that the client has disconnected. */
        public synchronized void answered() {
            isAnswered = true;
            releaseIfEnded();
        }

        <T> Future<T> run(Context loop, Callable<T> work) {
            synchronized (this) {
                unfinished++;
            }
            return queue.submit(loop, network, work).onComplete(done -> finished());
        }

        private synchronized void finished() {
            unfinished--;
            releaseIfEnded();
        }

        private void releaseIfEnded() {
            if (isAnswered && unfinished == 0 && !isReleased) {
                isReleased = true;
                release(network);
            }
        }
    }
}
