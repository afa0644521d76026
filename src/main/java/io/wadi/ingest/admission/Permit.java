package io.wadi.ingest.admission;

import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.Lease;
import io.wadi.ingest.limits.RateLimiter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * A request is taken: the room that it holds until it is closed. May be closed from several places and threads (the answer is
 * written, the connection is gone, the route has failed); the first counts.
 */
public final class Permit implements Admission.Decision, Lease, AutoCloseable {
    private static final long CLOSED = -1;

    private final ClientShare share;
    private final RateLimiter client;
    private final String caller;
    private final Predicate<String> topics;
    private final long body;
    private final AtomicLong held;

    /** Takes over room that was taken in a client's share, of a caller that may write to such topics. */
    Permit(ClientShare share, long bytes, RateLimiter client, String caller, Predicate<String> topics) {
        this.share = share;
        this.body = bytes;
        this.client = client;
        this.caller = caller;
        this.topics = topics;
        this.held = new AtomicLong(bytes);
    }

    /** Whose key or token it came with: a key's name, or {@code token:} and a token's subject; null where it came with none. */
    public String caller() {
        return caller;
    }

    @Override
    public long charged() {
        return body;
    }

    /** The bytes that room is held for; none once it is closed. */
    public long bytes() {
        return Math.max(0, held.get());
    }

    /** Whether who has sent the request may write to a topic. */
    public boolean mayWrite(String topic) {
        return topics.test(topic);
    }

    /** Counts events beyond the request's first against its client's rate. What is over it delays the client's next requests. */
    public void charge(long events) {
        client.charge(events);
    }

    @Override
    public boolean grow(long bytes) {
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

    /** Whether room is held for so many bytes in all, after asking for what is missing. */
    public boolean holds(long bytes) {
        long missing = bytes - bytes();
        return missing <= 0 || grow(missing);
    }

    /**
     * Gives back room of bytes that are done with; nothing where the permit is closed.
     *
     * @throws IllegalArgumentException where it does not hold as many
     */
    @Override
    public void shrink(long bytes) {
        while (true) {
            long before = held.get();
            if (before == CLOSED) {
                return;
            }
            if (bytes > before) {
                throw new IllegalArgumentException(bytes + " bytes given back of " + before);
            }
            if (held.compareAndSet(before, before - bytes)) {
                share.shrink(bytes);
                return;
            }
        }
    }

    /** Gives back all it holds; more than once is as good as once. */
    @Override
    public void close() {
        long before = held.getAndSet(CLOSED);
        if (before != CLOSED) {
            share.leave(before);
        }
    }
}
