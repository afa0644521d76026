package io.wadi.ingest.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.Peer;
import io.wadi.ingest.admission.RequestHead;
import java.net.InetSocketAddress;
import java.util.List;

/** A request's head as admission looks at it. */
final class Head implements RequestHead {
    private static final long UNKNOWN = -1;

    private final HttpServerRequest request;
    private final Admission admission;
    private final String topic;
    private final long maxBody;

    /** Takes the topic that the request is for, and the largest body it may have. */
    Head(HttpServerRequest request, Admission admission, String topic, long maxBody) {
        this.request = request;
        this.admission = admission;
        this.topic = topic;
        this.maxBody = maxBody;
    }

    @Override
    public Peer peer() {
        InetSocketAddress address = (InetSocketAddress)
                ((ConnectionBase) request.connection()).channel().remoteAddress();
        return admission.peer(address.getAddress());
    }

    @Override
    public String header(String name) {
        String first = request.headers().get(name);
        if (first == null) {
            return null;
        }
        List<String> all = request.headers().getAll(name);
        return all.size() == 1 ? first : String.join(",", all);
    }

    @Override
    public String queryKey() {
        try {
            return request.getParam("key");
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    @Override
    public String topic() {
        return topic;
    }

    /** A length that is no number the decoder has refused before. */
    @Override
    public long contentLength() {
        String length = request.headers().get("Content-Length");
        if (length != null) {
            return Long.parseLong(length);
        }
        return request.headers().contains("Transfer-Encoding") ? UNKNOWN : 0;
    }

    @Override
    public long maxBody() {
        return maxBody;
    }
}
