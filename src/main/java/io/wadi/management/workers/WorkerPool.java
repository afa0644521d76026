package io.wadi.management.workers;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.wadi.runtime.security.NetworkLimit;
import io.wadi.runtime.security.WorkQueue;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Worker threads for one kind of request, with limits on the requests that wait for them or use them, in total and per
 * network. A request counts until its work has ended, even if its client has disconnected. Thread-safe.
 */
public final class WorkerPool {
    private final Limits limits;
    private final WorkQueue queue;
    private final NetworkLimit admitted;

    /**
     * The limits of a pool.
     *
     * @param threads the number of worker threads
     * @param threadsPerNetwork maximum number of threads that requests of one network use concurrently
     * @param requests maximum number of requests
     * @param requestsPerNetwork maximum number of requests of one network, which may also not have more than twice as
     *     many as remain for others
     */
    public record Limits(int threads, int threadsPerNetwork, int requests, int requestsPerNetwork) {}

    /** Creates a pool; {@code name} is the name of its threads. */
    public WorkerPool(String name, Limits limits) {
        this.limits = limits;
        this.admitted = new NetworkLimit(limits.requests());
        // The queue never rejects work of admitted requests: each submits its tasks one after another.
        this.queue = new WorkQueue(name, limits.threads(), limits.threadsPerNetwork(), 2 * limits.requests());
    }

    /** Admits a request, so that its work may use the threads; empty if a limit is reached. */
    public Optional<Request> tryAdmit(InetAddress network) {
        return admitted.tryEnter(network, limits.requestsPerNetwork())
                ? Optional.of(new Request(network))
                : Optional.empty();
    }

    /**
     * An admitted request. It ends once its response has begun or its client has disconnected, and all its work has
     * ended.
     */
    public final class Request {
        private static final String KEY = "wadi.request";

        private final InetAddress network;
        private int unfinished;
        private boolean isAnswered;
        private boolean isReleased;

        private Request(InetAddress network) {
            this.network = network;
        }

        /** Stores this request in the current context of an event loop. */
        public void bindTo(Context loop) {
            loop.putLocal(KEY, this);
        }

        /** Returns the request in a context; null if there is none. */
        public static Request of(Context loop) {
            return loop.getLocal(KEY);
        }

        /** Returns the network of the request's client. */
        public InetAddress network() {
            return network;
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
                admitted.leave(network);
            }
        }
    }
}
