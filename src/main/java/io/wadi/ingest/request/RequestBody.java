package io.wadi.ingest.request;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
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
 * A request's body that is read as it arrives, and only as far as its events are consumed. It is the message body of
 * routes with an endpoint that has {@code useStreaming}. Used on the request's event loop.
 */
public final class RequestBody {
    private final HttpServerRequest http;
    private BodyEvents events;
    private RequestException failure;
    private boolean paused;
    private boolean closed;

    /** Creates the body of a request, before any of it has arrived. */
    public RequestBody(HttpServerRequest http) {
        this.http = http;
        http.exceptionHandler(
                gone -> fail(RequestException.invalid("the client disconnected before the end of the body")));
    }

    /**
     * Starts reading the body's events.
     *
     * @param json the parser of the request's event loop
     * @param lease the lease to which the memory for the body is charged
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
     * Starts buffering the body, which is read as one event once it is complete and decoded.
     *
     * @param reader reads the event
     * @param lease the lease to which the memory for the body is charged; if it is exhausted, the body ends with 503
     * @throws RequestException 415 for an unsupported content coding, 503 if there is no memory for its decoder
     */
    public EventSource one(Function<byte[], Event> reader, Lease lease, String contentEncoding, BodyLimits limits) {
        return read(BodyEvents.one(reader, lease, contentEncoding, limits, this::fetch));
    }

    /**
     * Pauses the body unless a reader waits for it: most bodies are a single buffer, which Vert.x would copy. Call it in
     * the same task of the loop as the constructor.
     */
    public void pauseUnlessAwaited() {
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

    private void received(Buffer piece) {
        events.push(ByteBuffer.wrap(piece.getBytes()));
        pauseUnlessAwaited();
    }

    private EventSource read(BodyEvents source) {
        events = source;
        http.handler(this::received);
        http.endHandler(ended -> events.end());
        if (failure != null) {
            events.fail(failure);
        }
        continueIfExpected(http);
        return events;
    }

    /** Responds with 100 (Continue) if the client waits for it. Clients of HTTP/1.0 cannot read this response. */
    public static void continueIfExpected(HttpServerRequest http) {
        if ("100-continue".equalsIgnoreCase(http.headers().get(RequestHeaders.EXPECT))
                && http.version() != HttpVersion.HTTP_1_0) {
            http.response().writeContinue();
        }
    }

    /** Ends the body with a failure; events read before are not affected. Only the first call has an effect. */
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
