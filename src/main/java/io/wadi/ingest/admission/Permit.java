package io.wadi.ingest.admission;

import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Lease;
import io.wadi.ingest.limits.RateLimiter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The permit of an admitted request, for which memory is charged until the permit is closed. It may be closed by
 * several threads, such as after the response, a disconnect or a failure of the route; only the first call has an
 * effect.
 */
public final class Permit implements Admission.Decision, Lease, AutoCloseable {
    private static final long CLOSED = -1;

    private final ClientShare share;
    private final RateLimiter client;
    private final String caller;
    private final Predicate<String> topics;
    private final long body;
    private final AtomicLong held;
    private volatile boolean exhausted;

    /**
     * Creates a permit.
     *
     * @param share the client's share, to which {@code bytes} are charged already
     * @param topics returns whether the client may write to a topic
     */
    Permit(ClientShare share, long bytes, RateLimiter client, String caller, Predicate<String> topics) {
        this.share = share;
        this.body = bytes;
        this.client = client;
        this.caller = caller;
        this.topics = topics;
        this.held = new AtomicLong(bytes);
    }

    /**
     * Returns the name of the client's key, or {@code token:} and its token's subject; null for an anonymous request.
     */
    public String caller() {
        return caller;
    }

    /** Charges a request of the same client to another pool. Returns the share to be left; null if it is exhausted. */
    public ClientShare enter(InFlight other) {
        return share.enter(other);
    }

    @Override
    public long charged() {
        return body;
    }

    /** Returns the charged bytes; 0 once the permit is closed. */
    public long bytes() {
        return Math.max(0, held.get());
    }

    /** Returns whether the client may write to a topic. */
    public boolean mayWrite(String topic) {
        return topics.test(topic);
    }

    /**
     * Counts events beyond the request's first one against its client's rate. An excess delays the client's next
     * requests.
     */
    public void charge(long events) {
        client.charge(events);
    }

    @Override
    public boolean grow(long bytes) {
        boolean isCharged = tryGrow(bytes);
        if (!isCharged && held.get() != CLOSED) {
            exhausted = true;
        }
        return isCharged;
    }

    @Override
    public boolean tryGrow(long bytes) {
        if (!share.grow(bytes)) {
            return false;
        }
        while (true) {
            long before = held.get();
            if (before == CLOSED) {
                share.shrink(bytes);
                return false;
            }
            if (held.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    /** Returns whether the request needed memory that was not available. */
    public boolean isExhausted() {
        return exhausted;
    }

    /**
     * Charges bytes up to a total of {@code preferred}, or else of {@code needed}; returns this total, 0 if the bytes
     * are not available.
     */
    public long reserve(long needed, long preferred) {
        long held = bytes();
        if (preferred <= held || tryGrow(preferred - held)) {
            return preferred;
        }
        return needed <= held || grow(needed - held) ? needed : 0;
    }

    /**
     * Returns charged bytes; has no effect once the permit is closed.
     *
     * @throws IllegalArgumentException if fewer bytes are charged
     */
    @Override
    public void shrink(long bytes) {
        while (true) {
            long before = held.get();
            if (before == CLOSED) {
                return;
            }
            if (bytes > before) {
                throw new IllegalArgumentException(
                        "%d bytes returned, but only %d are charged".formatted(bytes, before));
            }
            if (held.compareAndSet(before, before - bytes)) {
                share.shrink(bytes);
                return;
            }
        }
    }

    /** Returns all charged bytes; further calls have no effect. */
    @Override
    public void close() {
        long before = held.getAndSet(CLOSED);
        if (before != CLOSED) {
            share.leave(before);
        }
    }
}
