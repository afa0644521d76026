package io.wadi.ingest.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import io.vertx.core.net.HostAndPort;
import java.util.List;

/** Thrown if the head of a request is not valid HTTP; the message is for the client. */
final class MalformedRequestException extends RuntimeException {
    /** The last valid {@code Host}, the same one for most requests. If threads overwrite it, it is checked again. */
    private static String lastHost = "";

    MalformedRequestException(String message) {
        super(message, null, false, false);
    }

    /** Returns the problem of a request head that Netty's decoder has accepted; null if it is valid. */
    static String problem(HttpRequest request) {
        if (!isOfKnownVersion(request)) {
            return Responses.MALFORMED;
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        boolean isHostMissing = hosts.isEmpty() && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (hosts.size() > 1 || isHostMissing) {
            return "an HTTP/1.1 request needs exactly one Host header, found " + hosts.size();
        }
        return hosts.isEmpty() || isHost(hosts.get(0)) ? null : "invalid Host; expected a host and an optional port";
    }

    /** Returns whether a value is a host with an optional port; it is empty if the target has no authority. */
    private static boolean isHost(String value) {
        if (value.equals(lastHost)) {
            return true;
        }
        boolean isValid = value.isEmpty() || isHost(HostAndPort.parseAuthority(value, -1));
        if (isValid) {
            lastHost = value;
        }
        return isValid;
    }

    /** Returns whether Vert.x could parse the value, and its host is an IPv6 address if it is in brackets. */
    private static boolean isHost(HostAndPort parsed) {
        if (parsed == null) {
            return false;
        }
        String host = parsed.host();
        return !host.startsWith("[") || NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1));
    }

    /**
     * Returns whether Vert.x supports the request's version. Vert.x compares the identity with these two constants; for
     * other versions its response is 501 with the version that the client sent.
     */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOfKnownVersion(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }

    /** Returns a request like the one that Netty's decoder returns for malformed input, with the problem to report. */
    static FullHttpRequest request(String problem) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", Unpooled.EMPTY_BUFFER);
        request.setDecoderResult(DecoderResult.failure(new MalformedRequestException(problem)));
        return request;
    }
}
