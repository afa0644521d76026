package io.wadi.ingest.http;

import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.admission.Rejection;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.runtime.security.HeadDecoder;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Limits of HTTP/2: the header limits of HTTP/1.1 and the number of concurrent requests of a connection.
 *
 * @param maxLineBytes maximum length of the request line that the request would have in HTTP/1.1
 * @param maxHeaderBytes maximum total size of the headers as in HTTP/1.1
 * @param maxStreams maximum concurrent requests of a connection
 */
record Http2Limits(int maxLineBytes, int maxHeaderBytes, int maxStreams) {
    private static final int VERSION = " HTTP/1.1".length();
    private static final int COLON = ": ".length();

    /** The flow-control windows of one body, and of all bodies of a connection, in bytes. */
    private static final int BODY_WINDOW = 256 * 1024;

    private static final int CONNECTION_WINDOW = 1024 * 1024;
    /**
     * Maximum number of streams that a client may reset within half a minute: a request that is reset at once costs the
     * client almost nothing.
     */
    private static final int MAX_RESETS = 200;

    private static final int RESET_WINDOW_SECONDS = 30;

    /**
     * Configures a server with the limits. HTTP/2 counts 32 additional bytes for each header, so that the announced
     * header list size is doubled.
     */
    void addTo(HttpServerOptions server) {
        server.setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(maxStreams)
                        .setMaxHeaderListSize(maxLineBytes + 2L * maxHeaderBytes)
                        .setInitialWindowSize(BODY_WINDOW))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
                .setHttp2RstFloodMaxRstFramePerWindow(MAX_RESETS)
                .setHttp2RstFloodWindowDuration(RESET_WINDOW_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    }

    /**
     * Returns the rejection of a request that exceeds the limits; null if it is within them. For HTTP/1.1, the decoder
     * has checked them.
     */
    Rejection check(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            return null;
        }
        if (request.uri() == null) {
            return Rejection.of(Reason.MALFORMED, Responses.MALFORMED);
        }
        if (request.method().name().length() + 1 + request.uri().length() + VERSION > maxLineBytes) {
            return Rejection.of(Reason.URI_TOO_LONG, Responses.LINE_TOO_LONG);
        }
        int size = 0;
        int count = 0;
        for (Map.Entry<String, String> header : request.headers()) {
            count++;
            size += header.getKey().length() + COLON + header.getValue().length();
        }
        if (count > HeadDecoder.MAX_HEADERS) {
            return Rejection.of(Reason.HEADERS_TOO_LARGE, HeadDecoder.TOO_MANY);
        }
        return size > maxHeaderBytes ? Rejection.of(Reason.HEADERS_TOO_LARGE, Responses.HEADERS_TOO_LARGE) : null;
    }

    /** Returns whether a body follows the headers of this HTTP/2 request. */
    static boolean hasBody(HttpServerRequest request) {
        Http2ConnectionHandler http2 =
                ((ConnectionBase) request.connection()).channel().pipeline().get(Http2ConnectionHandler.class);
        return http2.connection().stream(request.streamId()).state().remoteSideOpen();
    }
}
