package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** A splitter that collects the body and reads its events at the end. */
final class WholeBodySplitter implements Splitter {
    private final Function<byte[], List<Event>> reader;
    private final Charge charge;
    private final long charged;
    private List<byte[]> pieces = new ArrayList<>();
    private int length;
    private Iterator<Event> events;

    WholeBodySplitter(Function<byte[], List<Event>> reader, Lease lease) {
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
        events = reader.apply(body.array()).iterator();
    }

    @Override
    public void close() {
        pieces = List.of();
        events = null;
        charge.close();
    }

    @Override
    public Event next() {
        return events != null && events.hasNext() ? events.next() : null;
    }
}
