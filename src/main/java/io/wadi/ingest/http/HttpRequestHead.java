package io.wadi.ingest.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.RequestHead;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.runtime.security.Peer;
import java.net.InetSocketAddress;
import java.util.List;

/** The head of a Vert.x request, for admission. */
final class HttpRequestHead implements RequestHead {
    private static final long UNKNOWN = -1;

    private final HttpServerRequest request;
    private final Admission admission;
    private final String topic;
    private final long maxBody;
    private final IngestLoop loop;
    private final long contentLength;

    HttpRequestHead(HttpServerRequest request, Admission admission, String topic, long maxBody, IngestLoop loop) {
        this.request = request;
        this.admission = admission;
        this.topic = topic;
        this.maxBody = maxBody;
        this.loop = loop;
        contentLength = contentLength(request);
    }

    @Override
    public Peer peer() {
        InetSocketAddress address = (InetSocketAddress)
                ((ConnectionBase) request.connection()).channel().remoteAddress();
        return admission.peer(address.getAddress());
    }

    @Override
    public String header(CharSequence name) {
        String first = request.headers().get(name);
        if (first == null) {
            return null;
        }
        List<String> all = request.headers().getAll(name);
        return all.size() == 1 ? first : String.join(",", all);
    }

    @Override
    public String host() {
        String host = request.headers().get(HttpHeaders.HOST);
        return host != null || request.authority() == null
                ? host
                : request.authority().toString();
    }

    @Override
    public String queryKey() {
        try {
            return IngestRequest.parameter(request, "key");
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    /** Returns the declared length of the body. The decoder has rejected lengths that are not numbers. */
    private static long contentLength(HttpServerRequest request) {
        String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            return Long.parseLong(length);
        }
        boolean hasBody = request.version() == HttpVersion.HTTP_2
                ? Http2Limits.hasBody(request)
                : request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
        return hasBody ? UNKNOWN : 0;
    }

    @Override
    public long maxBody() {
        return maxBody;
    }

    @Override
    public boolean isLate() {
        return loop.isLate();
    }
}
