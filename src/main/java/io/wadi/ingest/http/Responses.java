package io.wadi.ingest.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.wadi.ingest.admission.Rejection;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.ResponseFormat;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Writes answers. One that has been written, or whose client has gone, is left alone. */
final class Responses {
    /** Of a request line. */
    static final String LINE_TOO_LONG = "the request line is longer than wadi.http.max-uri";

    /** Of a request's headers. */
    static final String HEADERS_TOO_LARGE = "the headers are larger than wadi.http.max-headers";

    /** Of what is no request. */
    static final String MALFORMED = "the request is malformed";

    /** What is written of a long answer before it is looked whether its client takes it. */
    private static final int PIECE = 16 << 10;

    private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
    private static final CharSequence CONNECTION = HttpHeaders.createOptimized("Connection");
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
    private static final long CLOSE_AFTER_MS = 1000;
    private static final CharSequence JSON = HttpHeaders.createOptimized(HttpResponses.JSON);
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int UNAUTHORIZED = 401;
    private static final int UNAVAILABLE = 503;
    /** Of HTTP/2: the answer stands, and what else would come is not needed for it. */
    private static final long NO_ERROR = 0;

    /** The headers of a message that an answer may have, besides its type. */
    private static final List<String> ALLOWED = List.of(
            HttpResponses.RETRY_AFTER,
            HttpResponses.PREFERENCE_APPLIED,
            HttpResponses.ETAG,
            HttpResponses.CACHE_CONTROL);

    private Responses() {}

    /** Begins the answers of a path: what is written to them has the path's form. */
    static void begin(HttpServerResponse response, ResponseFormat format, String accept) {
        format.headers(accept).forEach(response::putHeader);
    }

    /** Refuses a request, in the form of its path. */
    static void error(HttpServerResponse response, int status, String reason) {
        if (isOpen(response)) {
            ResponseFormat format = ResponseFormat.ofType(response.headers().get(CONTENT_TYPE));
            begin(response, status, null);
            response.end(Buffer.buffer(format.rejection(status, reason)));
        }
    }

    /** Refuses a request as admission says. */
    static void refuse(HttpServerResponse response, Rejection rejection) {
        if (isOpen(response)) {
            if (rejection.retryAfter() > 0) {
                response.putHeader(HttpResponses.RETRY_AFTER, Integer.toString(rejection.retryAfter()));
            }
            if (rejection.status() == UNAUTHORIZED) {
                response.putHeader("WWW-Authenticate", "Bearer");
            }
            error(response, rejection.status(), rejection.message());
        }
    }

    /** Refuses a request that may be tried again. */
    static void unavailable(HttpServerResponse response, String reason) {
        if (isOpen(response)) {
            response.putHeader(HttpResponses.RETRY_AFTER, HttpResponses.RETRY_AFTER_SECONDS);
            error(response, UNAVAILABLE, reason);
        }
    }

    /**
     * Refuses a request because Wadi is starting or stopping. Over HTTP/1 its connection is to end, so that the next request finds
     * another process: its client closes it, having read the answer, or else it is closed here after a while.
     */
    static void leaving(HttpServerRequest request, String reason) {
        HttpServerResponse response = request.response();
        if (request.version() != HttpVersion.HTTP_2 && isOpen(response)) {
            response.putHeader(CONNECTION, CLOSE);
            Vertx vertx = Vertx.currentContext().owner();
            vertx.setTimer(CLOSE_AFTER_MS, late -> request.connection().close());
        }
        unavailable(response, reason);
    }

    /** Takes no more of a request that has its answer: over HTTP/2 its stream is ended, over HTTP/1.1 its connection closed. */
    static void cutOff(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset(NO_ERROR);
        } else {
            request.connection().close();
        }
    }

    /** Writes the exchange's answer: status, body, and of its headers those that an answer may have. */
    static void write(HttpServerResponse response, Exchange exchange) {
        if (!isOpen(response)) {
            return;
        }
        Message message = exchange.getMessage();
        if (message.hasHeaders()) {
            head(response, message);
        } else {
            begin(response, OK, null);
        }
        if (message.getBody() instanceof Iterator<?> pieces) {
            writePieces(response, pieces);
        } else {
            byte[] body = message.getBody(byte[].class);
            if (body == null || body.length <= PIECE) {
                response.end(Buffer.buffer(body == null ? new byte[0] : body));
            } else {
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
                writePieces(response, pieces(body));
            }
        }
    }

    private static Iterator<byte[]> pieces(byte[] body) {
        return IntStream.iterate(0, from -> from < body.length, from -> from + PIECE)
                .mapToObj(from -> Arrays.copyOfRange(body, from, Math.min(body.length, from + PIECE)))
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
        begin(response, status == null ? OK : status, contentType);
    }

    /** A body of one piece has its length, one of several that has none is chunked; it is written as fast as its client reads. */
    private static void writePieces(HttpServerResponse response, Iterator<?> pieces) {
        Buffer first = Buffer.buffer((byte[]) pieces.next());
        if (pieces.hasNext()) {
            response.setChunked(!response.headers().contains(HttpHeaders.CONTENT_LENGTH))
                    .write(first);
            response.drainHandler(drained -> writeOn(response, pieces));
            writeOn(response, pieces);
        } else {
            response.end(first);
        }
    }

    private static void writeOn(HttpServerResponse response, Iterator<?> pieces) {
        while (isOpen(response) && !response.writeQueueFull()) {
            Buffer piece = Buffer.buffer((byte[]) pieces.next());
            if (!pieces.hasNext()) {
                response.end(piece);
                return;
            }
            response.write(piece);
        }
    }

    /** Without a type of its own an answer has that of its path, and else is JSON. */
    private static void begin(HttpServerResponse response, int status, String contentType) {
        if (contentType != null) {
            response.putHeader(CONTENT_TYPE, contentType);
        } else if (status == NOT_MODIFIED) {
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
