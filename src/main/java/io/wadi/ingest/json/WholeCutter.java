package io.wadi.ingest.json;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.event.Event;
import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongPredicate;

/** Keeps a body until it is there, and has its events read from it then. */
final class WholeCutter implements Cutter {
    private final Function<byte[], List<Event>> reader;
    private final LongPredicate room;
    private ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Iterator<Event> events;

    /** Takes who reads the events, and who says whether there is room for so many bytes in all. */
    WholeCutter(Function<byte[], List<Event>> reader, LongPredicate room) {
        this.reader = reader;
        this.room = room;
    }

    @Override
    public void push(byte[] bytes, int from, int to) {
        if (!room.test(body.size() + (long) to - from)) {
            throw BodyException.unavailable("as much is being worked on as may be");
        }
        body.write(bytes, from, to - from);
    }

    @Override
    public void end() {
        events = reader.apply(body.toByteArray()).iterator();
        body = null;
    }

    @Override
    public Event next() {
        return events != null && events.hasNext() ? events.next() : null;
    }
}
