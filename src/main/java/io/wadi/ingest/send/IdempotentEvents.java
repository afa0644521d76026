package io.wadi.ingest.send;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;

/**
 * Events with ids that are the same when the request is repeated: the request's {@code Idempotency-Key} for a single
 * event; for each of several the key, a hyphen and its index from 0. The first event is passed on once it is known
 * whether there is a second one, and is dropped if the body fails before.
 */
public final class IdempotentEvents implements EventSource {
    private final EventSource source;
    private final String key;
    private final SenderIds ids;
    /** An event read ahead: the first one until the second is known, then the second one. */
    private Event readAhead;

    private long count;

    public IdempotentEvents(EventSource source, String key, SenderIds ids) {
        this.source = source;
        this.key = key;
        this.ids = ids;
    }

    @Override
    public Event next() {
        Event event = readAhead;
        readAhead = null;
        if (event == null) {
            event = source.next();
        }
        if (event == null) {
            return null;
        }
        if (count > 0) {
            return with(event, key + "-" + count++);
        }
        Event second = source.next();
        if (second == null && !source.ended()) {
            readAhead = event;
            return null;
        }
        readAhead = second;
        count = 1;
        return with(event, second == null ? key : key + "-0");
    }

    private Event with(Event event, String id) {
        return event.with(ids.header(id));
    }

    @Override
    public boolean ended() {
        return readAhead == null && source.ended();
    }

    @Override
    public boolean hasMore() {
        return source.hasMore();
    }

    @Override
    public void onReadable(Runnable listener) {
        source.onReadable(listener);
    }
}
