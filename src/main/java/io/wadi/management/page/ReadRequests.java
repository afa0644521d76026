package io.wadi.management.page;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.wadi.kafka.records.TopicReader.Fetch;
import io.wadi.management.workers.WorkerPool;
import io.wadi.runtime.ReadLimit;
import io.wadi.runtime.security.NetworkLimit;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Limits the requests that read topics or dead letters: the number of concurrent requests, and the memory of each
 * request until its response is written. As many further requests wait for up to five seconds. The requests of one
 * network leave a place to others. Thread-safe.
 */
public final class ReadRequests implements ReadLimit {
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);
    /** Fetched records may use a quarter of a request's memory. */
    private static final int FETCH_SHARE = 4;
    /** The bytes per character: two in memory, and up to six if escaped, both in the JSON and in its copy. */
    private static final int BYTES_PER_CHARACTER = 14;

    private final int maxRequests;
    private final int bytesEach;
    private final Semaphore permits;
    /** Limits the running and the waiting requests together, since each waiting one blocks a worker thread. */
    private final NetworkLimit admitted;

    private final int maxAdmitted;

    public ReadRequests(int maxRequests, int bytesEach) {
        this.maxRequests = maxRequests;
        this.bytesEach = bytesEach;
        this.permits = new Semaphore(maxRequests, true);
        this.maxAdmitted = 2 * maxRequests;
        this.admitted = new NetworkLimit(maxAdmitted);
    }

    /** Returns the size limits of a request's fetches. */
    public Fetch fetch() {
        return Fetch.atMost(bytesEach / FETCH_SHARE);
    }

    @Override
    public int characters() {
        return (bytesEach - bytesEach / FETCH_SHARE) / BYTES_PER_CHARACTER;
    }

    @Override
    public <T> Optional<T> tryRead(Supplier<T> reader) {
        try {
            return Optional.of(read(reader));
        } catch (PageResponses.BusyException e) {
            return Optional.empty();
        }
    }

    int waiting() {
        return permits.getQueueLength();
    }

    /**
     * Runs a reader once a permit is available.
     *
     * @throws PageResponses.BusyException if no permit is available within five seconds, or at once if the maximum
     *     number of requests, or of those of its network, is already waiting
     */
    <T> T read(Supplier<T> reader) throws PageResponses.BusyException {
        return read(network(), reader);
    }

    /**
     * Does the same for a network, which may not have more than twice as many requests as remain for others.
     *
     * @param network null for a reader that is not part of a request
     */
    <T> T read(InetAddress network, Supplier<T> reader) throws PageResponses.BusyException {
        if (!tryEnter(network)) {
            throw busy();
        }
        try {
            return readOnceAvailable(reader);
        } finally {
            admitted.leave(network);
        }
    }

    private boolean tryEnter(InetAddress network) {
        return network == null ? admitted.tryAdd(null, maxAdmitted, 1) : admitted.tryEnter(network, maxAdmitted);
    }

    /** Returns the network of the request that this thread processes; null if it processes none. */
    private static InetAddress network() {
        Context context = Vertx.currentContext();
        WorkerPool.Request request = context == null ? null : WorkerPool.Request.of(context);
        return request == null ? null : request.network();
    }

    private <T> T readOnceAvailable(Supplier<T> reader) throws PageResponses.BusyException {
        try {
            if (!permits.tryAcquire(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PageResponses.BusyException("Wadi is stopping");
        }
        try {
            return reader.get();
        } finally {
            permits.release();
        }
    }

    private PageResponses.BusyException busy() {
        return new PageResponses.BusyException(maxRequests + " other requests are reading topics; try again");
    }
}
