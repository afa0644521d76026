package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.event.BodyException;
import java.util.HashMap;
import java.util.Map;

/**
 * The bodies of one connection that are being received: the connection's guard can end one that is too slow, and its
 * route then answers for the events read so far. Used on the connection's event loop only.
 */
final class IncomingBodies {
    /** What Vert.x says where a connection has no streams: HTTP/1. */
    static final int NO_STREAM = -1;

    private static final AttributeKey<IncomingBodies> KEY = AttributeKey.valueOf(IncomingBodies.class.getName());

    /** That of HTTP/1, which has one at a time; null for none. */
    private Body single;

    private final Map<Integer, Body> ofStreams = new HashMap<>();

    /** A body, until its request is answered. */
    interface Body {
        /** It is not read on, for this reason. */
        void cut(BodyException reason);

        /** The bytes that its request holds. */
        long held();
    }

    /** Those of a connection. */
    static IncomingBodies of(HttpConnection connection) {
        return of(((ConnectionBase) connection).channel());
    }

    /** Those of a connection. */
    static IncomingBodies of(Channel channel) {
        Attribute<IncomingBodies> kept = channel.attr(KEY);
        IncomingBodies of = kept.get();
        if (of == null) {
            of = new IncomingBodies();
            kept.set(of);
        }
        return of;
    }

    void add(int stream, Body body) {
        if (stream == NO_STREAM) {
            single = body;
        } else {
            ofStreams.put(stream, body);
        }
    }

    /** Nothing where its stream has another by now: the next request's may begin before the answer to this one is done with. */
    void remove(int stream, Body body) {
        if (stream != NO_STREAM) {
            ofStreams.remove(stream, body);
        } else if (single == body) {
            single = null;
        }
    }

    private Body find(int stream) {
        return stream == NO_STREAM ? single : ofStreams.get(stream);
    }

    /** The bytes that the request of a stream holds while its body is coming. */
    long held(int stream) {
        Body body = find(stream);
        return body == null ? 0 : body.held();
    }

    /** Ends a stream's body, once; whether there was one. */
    boolean cut(int stream, BodyException reason) {
        Body body = find(stream);
        if (body == null) {
            return false;
        }
        remove(stream, body);
        body.cut(reason);
        return true;
    }
}
