package io.wadi.ingest.request;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.json.BodyEvents;
import io.wadi.ingest.json.BodyFormat;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.JsonEvents;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * A request's body that is read as it arrives, and only as far as its events are consumed: the message body of routes
 * with {@code useStreaming} in their endpoint. Used on the request's event loop.
 */
public final class RequestBody {
    private final HttpServerRequest http;
    private BodyEvents events;
    private RequestException failure;
    private boolean paused;
    private boolean closed;

    /** Takes a request before any of its body has arrived. */
    public RequestBody(HttpServerRequest http) {
        this.http = http;
        http.exceptionHandler(
                gone -> fail(RequestException.invalid("the client disconnected before the end of the body")));
    }

    /**
     * Starts reading the body's events.
     *
     * @param json of the request's event loop
     * @param lease charged with the memory held of the body
     * @throws RequestException 415 for an unsupported content coding, 503 if there is no memory for its decoder
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
     * Starts buffering the body, to read it as one event once it is complete and decoded.
     *
     * @param reader reads the event
     * @param lease charged with the memory held of the body; if there is none the body ends with 503
     * @throws RequestException 415 for an unsupported content coding, 503 if there is no memory for its decoder
     */
    public EventSource one(Function<byte[], Event> reader, Lease lease, String contentEncoding, BodyLimits limits) {
        return read(BodyEvents.one(reader, lease, contentEncoding, limits, this::fetch));
    }

    /** Pauses the body unless it is being read already; call it in the same task of the loop as the constructor. */
    public void begun() {
        pauseUnlessAwaited();
    }

    /** Most bodies are a single buffer that a reader waits for: pausing them would cost a copy. */
    private void pauseUnlessAwaited() {
        boolean awaited = events != null && events.isWaiting();
        if (!paused && !closed && !awaited) {
            paused = true;
            http.pause();
        }
    }

    private void fetch() {
        if (paused) {
            paused = false;
            http.resume();
        }
    }

    private void take(Buffer piece) {
        events.push(ByteBuffer.wrap(piece.getBytes()));
        pauseUnlessAwaited();
    }

    private EventSource read(BodyEvents source) {
        events = source;
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

    /** Ends the body with this reason; events read before are not affected. No effect once it is read. */
    public void fail(RequestException reason) {
        if (failure == null) {
            failure = reason;
            if (events != null) {
                events.fail(reason);
            }
        }
    }

    /** Releases all memory; further calls have no effect. */
    public void close() {
        closed = true;
        if (events != null) {
            events.close();
        }
    }
}
