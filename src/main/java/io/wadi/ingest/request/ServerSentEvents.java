package io.wadi.ingest.request;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/**
 * A response of server-sent events with JSON, which replaces the response of the exchange. Events for a slow client are
 * buffered without limit, so that it is suitable for few events only. Used on the request's event loop.
 */
public final class ServerSentEvents {
    /** The media type of the response. */
    public static final String TYPE = "text/event-stream";

    private final HttpServerResponse response;

    ServerSentEvents(HttpServerResponse response) {
        this.response = response;
    }

    /** Sends an event, unless the client has disconnected. */
    public void send(byte[] json) {
        if (response.closed() || response.ended()) {
            return;
        }
        if (!response.headWritten()) {
            response.setChunked(true)
                    .putHeader(HttpHeaders.CONTENT_TYPE, TYPE)
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    // Otherwise nginx would keep events until they fill a buffer.
                    .putHeader("X-Accel-Buffering", "no");
        }
        response.write(Buffer.buffer("data: ").appendBytes(json).appendString("\n\n"));
    }

    /** Ends the response; call it before the exchange is completed. */
    public void end() {
        if (!response.closed() && !response.ended()) {
            response.end();
        }
    }
}
