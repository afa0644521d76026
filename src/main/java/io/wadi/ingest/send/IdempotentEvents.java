package io.wadi.ingest.send;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;

/**
 * A source of events that adds ids which are the same when the request is repeated. The id of a single event is the
 * request's {@code Idempotency-Key}; the id of each of several events is the key, a hyphen and the event's index from
 * 0. The first event is returned once it is known whether the request has a second one; it is dropped if reading the
 * body fails before.
 */
public final class IdempotentEvents implements EventSource {
    private final EventSource source;
    private final String key;
    private final SenderIds ids;
    /** The event that was read ahead: the first one until the second is known, then the second one. */
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
