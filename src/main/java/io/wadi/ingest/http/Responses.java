package io.wadi.ingest.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.wadi.ingest.admission.Rejection;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.RequestHeaders;
import io.wadi.ingest.request.ResponseFormat;
import java.net.HttpURLConnection;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes responses. Has no effect if the response is already written or the client has disconnected. */
final class Responses {
    private static final Logger LOG = LoggerFactory.getLogger(Responses.class);

    static final String LINE_TOO_LONG = "the request line is longer than wadi.http.max-uri";

    static final String HEADERS_TOO_LARGE = "the headers are larger than wadi.http.max-headers";

    static final String MALFORMED = "the request is malformed";

    /** The bytes of a long response that are written at a time, before it is checked that the client reads them. */
    private static final int CHUNK = 16 << 10;

    private static final byte[] NONE = {};
    private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
    private static final CharSequence CONNECTION = HttpHeaders.createOptimized("Connection");
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
    private static final long CLOSE_AFTER_MS = 1000;
    private static final CharSequence JSON = HttpHeaders.createOptimized(HttpResponses.JSON);
    /** The HTTP/2 error code for a complete response that needs no more of the request. */
    private static final long NO_ERROR = 0;

    private static final long INTERNAL_ERROR = 2;

    /** The headers of a message that become headers of the response, in addition to its Content-Type. */
    private static final List<String> ALLOWED = List.of(
            HttpResponses.RETRY_AFTER,
            HttpResponses.PREFERENCE_APPLIED,
            HttpResponses.ETAG,
            HttpResponses.CACHE_CONTROL,
            HttpResponses.VARY);

    private Responses() {}

    /** Sets the headers of the response format of a path. */
    static void begin(HttpServerResponse response, ResponseFormat format, String accept) {
        format.headers(accept).forEach(response::putHeader);
    }

    /** Rejects a request in the format of its path. */
    static void error(HttpServerRequest request, int status, String reason) {
        HttpServerResponse response = request.response();
        if (isOpen(response)) {
            ResponseFormat format = ResponseFormat.ofType(response.headers().get(CONTENT_TYPE));
            begin(response, status, null);
            end(request, format.rejection(status, reason));
        }
    }

    /** Rejects a request as admission has decided. */
    static void reject(HttpServerRequest request, Rejection rejection) {
        HttpServerResponse response = request.response();
        if (isOpen(response)) {
            if (rejection.retryAfter() > 0) {
                response.putHeader(HttpResponses.RETRY_AFTER, Integer.toString(rejection.retryAfter()));
            }
            if (rejection.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
                response.putHeader("WWW-Authenticate", "Bearer");
            }
            error(request, rejection.status(), rejection.message());
        }
    }

    /** Rejects a request with 503 and Retry-After. */
    static void unavailable(HttpServerRequest request, String reason) {
        if (isOpen(request.response())) {
            request.response().putHeader(HttpResponses.RETRY_AFTER, HttpResponses.RETRY_AFTER_SECONDS);
            error(request, HttpURLConnection.HTTP_UNAVAILABLE, reason);
        }
    }

    /**
     * Rejects a request because Wadi is starting or stopping. An HTTP/1 connection is closed, by its client or after a
     * second by the server, so that the client's next request reaches another instance.
     */
    static void unavailableAndClose(HttpServerRequest request, String reason) {
        HttpServerResponse response = request.response();
        if (request.version() != HttpVersion.HTTP_2 && isOpen(response)) {
            response.putHeader(CONNECTION, CLOSE);
            Vertx vertx = Vertx.currentContext().owner();
            vertx.setTimer(CLOSE_AFTER_MS, late -> request.connection().close());
        }
        unavailable(request, reason);
    }

    /** Stops receiving a request that has its response: resets its HTTP/2 stream or closes its HTTP/1.1 connection. */
    static void terminate(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset(NO_ERROR);
        } else {
            request.connection().close();
        }
    }

    /** Writes the exchange's status, allowed headers and body, a long body in several iterations of the loop. */
    static void write(HttpServerRequest request, Exchange exchange, IngestLoop loop) {
        if (isOpen(request.response())) {
            orFail(request, () -> write(request, exchange.getMessage(), loop));
        }
    }

    /**
     * Writes a response or a part of it. After an error, such as one of a route's iterator, no event would end the
     * response: it is 500, or is interrupted if it has begun.
     */
    private static void orFail(HttpServerRequest request, Runnable writing) {
        try {
            writing.run();
        } catch (RuntimeException e) {
            LOG.error("Failed to write the response to {} {}", request.method(), request.path(), e);
            fail(request);
        }
    }

    private static void fail(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (!isOpen(response)) {
            return;
        }
        if (!response.headWritten()) {
            ResponseFormat format = ResponseFormat.of(request.path());
            response.setChunked(false).headers().remove(CONTENT_TYPE).remove(HttpHeaders.CONTENT_LENGTH);
            begin(response, format, request.headers().get(RequestHeaders.ACCEPT));
            begin(response, HttpURLConnection.HTTP_INTERNAL_ERROR, null);
            end(request, format.rejection(HttpURLConnection.HTTP_INTERNAL_ERROR, HttpResponses.INTERNAL));
        } else if (request.version() == HttpVersion.HTTP_2) {
            response.reset(INTERNAL_ERROR);
        } else {
            request.connection().close();
        }
    }

    private static void write(HttpServerRequest request, Message message, IngestLoop loop) {
        HttpServerResponse response = request.response();
        if (message.hasHeaders()) {
            head(response, message);
        } else {
            begin(response, HttpURLConnection.HTTP_OK, null);
        }
        if (message.getBody() instanceof Iterator<?> chunks) {
            if (isHead(request)) {
                response.end();
            } else {
                writeChunks(request, chunks, loop);
            }
        } else {
            byte[] body = message.getBody(byte[].class);
            if (body == null || body.length <= CHUNK || isHead(request)) {
                end(request, body == null ? NONE : body);
            } else {
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
                writeChunks(request, chunks(body), loop);
            }
        }
    }

    private static boolean isHead(HttpServerRequest request) {
        return request.method().equals(HttpMethod.HEAD);
    }

    /** Ends a response. For HEAD only its length is set: over HTTP/2, Vert.x would write the body. */
    private static void end(HttpServerRequest request, byte[] body) {
        HttpServerResponse response = request.response();
        if (!isHead(request)) {
            response.end(Buffer.buffer(body));
            return;
        }
        if (body.length > 0) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        }
        response.end();
    }

    /** Returns the maximum bytes of a response that are queued for its client at a time. */
    static long queuedBytes(Exchange exchange) {
        return exchange.getMessage().getBody() instanceof byte[] body ? Math.min(body.length, CHUNK) : CHUNK;
    }

    private static Iterator<byte[]> chunks(byte[] body) {
        return IntStream.iterate(0, from -> from < body.length, from -> from + CHUNK)
                .mapToObj(from -> Arrays.copyOfRange(body, from, Math.min(body.length, from + CHUNK)))
                .iterator();
    }

    private static void head(HttpServerResponse response, Message message) {
        Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        String contentType = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        for (String name : ALLOWED) {
            String value = message.getHeader(name, String.class);
            if (value != null) {
                response.putHeader(name, value);
            }
        }
        begin(response, status == null ? HttpURLConnection.HTTP_OK : status, contentType);
    }

    /** Writes a body as fast as its client reads it, in the chunked coding if it has several parts and no length. */
    private static void writeChunks(HttpServerRequest request, Iterator<?> chunks, IngestLoop loop) {
        HttpServerResponse response = request.response();
        Buffer first = Buffer.buffer((byte[]) chunks.next());
        if (chunks.hasNext()) {
            response.setChunked(!response.headers().contains(HttpHeaders.CONTENT_LENGTH))
                    .write(first);
            Rest rest = new Rest(request, chunks, loop);
            response.drainHandler(drained -> rest.write());
            rest.write();
        } else {
            response.end(first);
        }
    }

    /** The chunks of a long body that are not written yet. */
    private static final class Rest {
        private final HttpServerRequest request;
        private final HttpServerResponse response;
        private final Iterator<?> chunks;
        private final IngestLoop loop;
        /** Whether more is written in a later iteration, even if the client has read everything before. */
        private boolean isDeferred;

        Rest(HttpServerRequest request, Iterator<?> chunks, IngestLoop loop) {
            this.request = request;
            this.response = request.response();
            this.chunks = chunks;
            this.loop = loop;
        }

        /** Writes until the queue is full or the iteration is over, at least one chunk. */
        void write() {
            orFail(request, this::writeNext);
        }

        private void writeNext() {
            while (!isDeferred && isOpen(response) && !response.writeQueueFull()) {
                Buffer chunk = Buffer.buffer((byte[]) chunks.next());
                if (!chunks.hasNext()) {
                    response.end(chunk);
                    return;
                }
                response.write(chunk);
                if (loop.isIterationOver()) {
                    isDeferred = true;
                    loop.inLaterIteration(this::writeDeferred);
                }
            }
        }

        private void writeDeferred() {
            isDeferred = false;
            write();
        }
    }

    /** Sets the status and the Content-Type: the given one, else that of the path's format, else JSON. */
    private static void begin(HttpServerResponse response, int status, String contentType) {
        if (contentType != null) {
            response.putHeader(CONTENT_TYPE, contentType);
        } else if (status == HttpURLConnection.HTTP_NOT_MODIFIED) {
            response.headers().remove(CONTENT_TYPE);
        } else if (!response.headers().contains(CONTENT_TYPE)) {
            response.putHeader(CONTENT_TYPE, JSON);
        }
        response.setStatusCode(status);
    }

    private static boolean isOpen(HttpServerResponse response) {
        return !response.ended() && !response.closed();
    }
}
