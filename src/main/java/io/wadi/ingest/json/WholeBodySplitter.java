package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.util.Arrays;
import java.util.function.Function;

/** A splitter for a body that is one event: buffers the body in an array, which is charged, and reads it at the end. */
final class WholeBodySplitter implements Splitter {
    private static final byte[] NONE = {};
    private static final int LEAST_ADDED = 16 << 10;

    private final Function<byte[], Event> reader;
    private final Charge charge;
    private final long charged;
    private byte[] body = NONE;
    private int length;
    private Event event;

    WholeBodySplitter(Function<byte[], Event> reader, Lease lease) {
        this.reader = reader;
        this.charge = new Charge(lease);
        this.charged = lease.charged();
    }

    @Override
    public void push(byte[] bytes, int from, int to) {
        int needed = Math.addExact(length, to - from);
        if (needed > body.length) {
            // Most bodies arrive in one piece. Doubling the array would occupy up to twice the size of a large body.
            int capacity = length == 0 ? needed : Math.addExact(needed, Math.max(LEAST_ADDED, needed / 16));
            charge.to(Math.max(0, capacity - charged));
            body = Arrays.copyOf(body, capacity);
        }
        System.arraycopy(bytes, from, body, length, to - from);
        length = needed;
    }

    @Override
    public void end() {
        byte[] whole = length == body.length ? body : Arrays.copyOf(body, length);
        body = NONE;
        event = reader.apply(whole);
    }

    @Override
    public void close() {
        body = NONE;
        event = null;
        charge.close();
    }

    @Override
    public Event next() {
        Event next = event;
        event = null;
        return next;
    }
}
