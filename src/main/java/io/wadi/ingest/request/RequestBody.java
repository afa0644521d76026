package io.wadi.ingest.request;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.json.BodyEvents;
import io.wadi.ingest.json.BodyFormat;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.JsonEvents;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * A request's body that is read as it comes, and only as far as its events are asked for: what a route finds as the body of
 * its message where its endpoint says {@code useStreaming}. On the request's event loop.
 */
public final class RequestBody {
    private final HttpServerRequest http;
    private BodyEvents events;
    private BodyException failure;
    private boolean heldUp;
    private boolean closed;

    /** Takes the request, of whose body nothing has come. */
    public RequestBody(HttpServerRequest http) {
        this.http = http;
        http.exceptionHandler(gone -> fail(BodyException.invalid("the client has gone before the body's end")));
    }

    /**
     * The body's events.
     *
     * @param json of the request's event loop
     * @param lease is charged with what is held of the body
     * @throws BodyException 415 for a coding that is not taken, 503 without room for its decoder
     */
    public EventSource events(
            BodyFormat format,
            String contentEncoding,
            BodyLimits limits,
            JsonEvents json,
            EventCheck check,
            Lease lease) {
        return read(new BodyEvents(format, contentEncoding, limits, json, check, lease, this::fetch));
    }

    /**
     * The events of a body that is kept until it is there, decoded.
     *
     * @param reader reads its events
     * @param lease is charged with what is held of the body; without room for it the body ends with 503
     * @throws BodyException 415 for a coding that is not taken, 503 without room for its decoder
     */
    public EventSource whole(
            Function<byte[], List<Event>> reader, Lease lease, String contentEncoding, BodyLimits limits) {
        return read(BodyEvents.whole(reader, lease, contentEncoding, limits, this::fetch));
    }

    /** To be called in the turn of the loop in which it was made: the body is held up unless it is waited for already. */
    public void begun() {
        holdUpUnlessWaitedFor();
    }

    /** Most bodies are one piece that is waited for, and are never held up, which costs a buffer. */
    private void holdUpUnlessWaitedFor() {
        boolean waitedFor = events != null && events.isWaiting();
        if (!heldUp && !closed && !waitedFor) {
            heldUp = true;
            http.pause();
        }
    }

    private void fetch() {
        if (heldUp) {
            heldUp = false;
            http.resume();
        }
    }

    private void take(Buffer piece) {
        events.push(ByteBuffer.wrap(piece.getBytes()));
        holdUpUnlessWaitedFor();
    }

    private EventSource read(BodyEvents made) {
        events = made;
        http.handler(this::take);
        http.endHandler(ended -> events.end());
        if (failure != null) {
            events.fail(failure);
        }
        if ("100-continue".equalsIgnoreCase(http.headers().get(RequestHeaders.EXPECT))) {
            http.response().writeContinue();
        }
        return events;
    }

    /** The body is not read on, for this reason; what has come of it stands. Nothing where it has been read. */
    public void fail(BodyException reason) {
        if (failure == null) {
            failure = reason;
            if (events != null) {
                events.fail(reason);
            }
        }
    }

    /** Frees what is held; more than once does no harm. */
    public void close() {
        closed = true;
        if (events != null) {
            events.close();
        }
    }
}
