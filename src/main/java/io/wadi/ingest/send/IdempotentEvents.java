package io.wadi.ingest.send;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.RequestException;

/**
 * Events with ids that are the same when the request is repeated: the request's {@code Idempotency-Key} for a single
 * event; for each of several the key, a hyphen and its index from 0.
 */
public final class IdempotentEvents implements EventSource {
    private final EventSource source;
    private final String key;
    private final SenderIds ids;
    /** Read ahead, to know whether it is the only one. */
    private Event first;

    private RequestException failure;
    private long count;

    public IdempotentEvents(EventSource source, String key, SenderIds ids) {
        this.source = source;
        this.key = key;
        this.ids = ids;
    }

    @Override
    public Event next() {
        if (count > 0) {
            return rest();
        }
        if (first == null) {
            first = source.next();
        }
        if (first == null) {
            return null;
        }
        Event second = second();
        if (second == null && failure == null && !source.ended()) {
            return null;
        }
        Event one = first;
        first = second;
        count = 1;
        return with(one, second == null && failure == null ? key : key + "-0");
    }

    /** Returns the second event if it is available. */
    private Event second() {
        try {
            return source.next();
        } catch (RequestException e) {
            failure = e;
            return null;
        }
    }

    private Event rest() {
        Event event = first;
        first = null;
        if (event == null && failure != null) {
            RequestException thrown = failure;
            failure = null;
            throw thrown;
        }
        if (event == null) {
            event = source.next();
        }
        return event == null ? null : with(event, key + "-" + count++);
    }

    private Event with(Event event, String id) {
        return event.with(ids.header(id));
    }

    @Override
    public boolean ended() {
        return first == null && failure == null && source.ended();
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
