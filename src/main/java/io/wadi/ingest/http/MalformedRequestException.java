package io.wadi.ingest.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/** The head of a request is not valid HTTP; the message is meant for the client. */
final class MalformedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedRequestException(String message) {
        super(message, null, false, false);
    }

    /** Returns what is invalid in request headers that Netty's decoder accepts; null if nothing is. */
    static String problem(HttpRequest request) {
        if (!isOfKnownVersion(request)) {
            return Responses.MALFORMED;
        }
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        boolean isHostMissing = hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        return hosts > 1 || isHostMissing ? "an HTTP/1.1 request needs exactly one Host header, found " + hosts : null;
    }

    /**
     * Returns whether Vert.x supports the request's version. It compares identity with these two constants and answers
     * others with 501 and the version that the client sent.
     */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOfKnownVersion(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }

    /** Returns a request as Netty's decoder returns it for malformed input, with the problem to report. */
    static FullHttpRequest request(String problem) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", Unpooled.EMPTY_BUFFER);
        request.setDecoderResult(DecoderResult.failure(new MalformedRequestException(problem)));
        return request;
    }
}
