package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A splitter that collects the body of one event and reads it at the end. */
final class WholeBodySplitter implements Splitter {
    private final Function<byte[], Event> reader;
    private final Charge charge;
    private final long charged;
    private List<byte[]> pieces = new ArrayList<>();
    private int length;
    private Event event;

    WholeBodySplitter(Function<byte[], Event> reader, Lease lease) {
        this.reader = reader;
        this.charge = new Charge(lease);
        this.charged = lease.charged();
    }

    @Override
    public void push(byte[] bytes, int from, int to) {
        charge.to(Math.max(0, length + to - from - charged));
        pieces.add(Arrays.copyOfRange(bytes, from, to));
        length += to - from;
    }

    @Override
    public void end() {
        ByteBuffer body = ByteBuffer.allocate(length);
        pieces.forEach(body::put);
        pieces = List.of();
        event = reader.apply(body.array());
    }

    @Override
    public void close() {
        pieces = List.of();
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
