package io.wadi.ingest.http;

import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Holds requests of HTTP/2 to the limits that those of HTTP/1.1 are read with, and connections to so many requests at a time.
 *
 * @param maxLineBytes the longest request line, as it would be in HTTP/1.1
 * @param maxHeaderBytes all headers, likewise
 * @param maxStreams requests that a connection may have begun at a time
 */
record Http2Limits(int maxLineBytes, int maxHeaderBytes, int maxStreams) {
    private static final int BAD_REQUEST = 400;
    private static final int URI_TOO_LONG = 414;
    private static final int HEADERS_TOO_LARGE = 431;
    private static final int VERSION = " HTTP/1.1".length();
    private static final int COLON = ": ".length();

    /** What may be under way of one body, and of all of a connection's, before a part of it is taken. */
    private static final int BODY_WINDOW = 256 * 1024;

    private static final int CONNECTION_WINDOW = 1024 * 1024;
    /** Requests that a client may take back within half a minute: of each it has the work done and sends next to nothing. */
    private static final int TAKEN_BACK = 200;

    private static final int TAKEN_BACK_SECONDS = 30;

    /** Has a server announce them. A list of headers counts 32 bytes more for each, for which it is given twice the room. */
    void addTo(HttpServerOptions server) {
        server.setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(maxStreams)
                        .setMaxHeaderListSize(maxLineBytes + 2L * maxHeaderBytes)
                        .setInitialWindowSize(BODY_WINDOW))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
                .setHttp2RstFloodMaxRstFramePerWindow(TAKEN_BACK)
                .setHttp2RstFloodWindowDuration(TAKEN_BACK_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    }

    /** Whether a request is within them; one of HTTP/1.1 has been read so. Else it is answered. */
    boolean holds(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            return true;
        }
        if (request.uri() == null) {
            Responses.error(request.response(), BAD_REQUEST, Responses.MALFORMED);
            return false;
        }
        if (request.method().name().length() + 1 + request.uri().length() + VERSION > maxLineBytes) {
            Responses.error(request.response(), URI_TOO_LONG, Responses.LINE_TOO_LONG);
            return false;
        }
        int size = 0;
        for (Map.Entry<String, String> header : request.headers()) {
            size += header.getKey().length() + COLON + header.getValue().length();
        }
        if (size > maxHeaderBytes) {
            Responses.error(request.response(), HEADERS_TOO_LARGE, Responses.HEADERS_TOO_LARGE);
            return false;
        }
        return true;
    }

    /** Whether a body of this request of HTTP/2 is still to come, when it has just begun. */
    static boolean hasBody(HttpServerRequest request) {
        Http2ConnectionHandler http2 =
                ((ConnectionBase) request.connection()).channel().pipeline().get(Http2ConnectionHandler.class);
        return http2.connection().stream(request.streamId()).state().remoteSideOpen();
    }
}
