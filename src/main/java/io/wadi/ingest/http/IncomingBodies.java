package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.event.RequestException;
import java.util.HashMap;
import java.util.Map;

/**
 * The bodies of one connection that are being received. The connection's guard aborts a body that is too slow through
 * this class; the route then responds with the receipts of the events read so far. Used on the connection's event loop
 * only.
 */
final class IncomingBodies {
    /** Vert.x's stream id for HTTP/1. */
    static final int NO_STREAM = -1;

    private static final AttributeKey<IncomingBodies> KEY = AttributeKey.valueOf(IncomingBodies.class.getName());

    /** The body of an HTTP/1 connection; null if there is none. */
    private Body http1Body;

    private final Map<Integer, Body> byStream = new HashMap<>();

    /** A body, until its request is answered. */
    interface Body {
        /** Stops reading the body, for a reason that becomes the response. */
        void abort(RequestException reason);

        /** Returns the bytes of memory that are charged to the request. */
        long heldBytes();
    }

    /** Returns the bodies of a connection. */
    static IncomingBodies of(HttpConnection connection) {
        return of(((ConnectionBase) connection).channel());
    }

    /** Returns the bodies of a connection. */
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
            http1Body = body;
        } else {
            byStream.put(stream, body);
        }
    }

    /**
     * Removes a body unless its stream has another one: the next body may start before the response to this one ends.
     */
    void remove(int stream, Body body) {
        if (stream != NO_STREAM) {
            byStream.remove(stream, body);
        } else if (http1Body == body) {
            http1Body = null;
        }
    }

    private Body find(int stream) {
        return stream == NO_STREAM ? http1Body : byStream.get(stream);
    }

    /** Returns whether a body of a stream is being received by its route. */
    boolean has(int stream) {
        return find(stream) != null;
    }

    /** Returns the bytes of memory that are charged to a stream's request; 0 if no body is being received. */
    long heldBytes(int stream) {
        Body body = find(stream);
        return body == null ? 0 : body.heldBytes();
    }

    /** Stops reading a stream's body, once; returns whether one was being received. */
    boolean abort(int stream, RequestException reason) {
        Body body = find(stream);
        if (body == null) {
            return false;
        }
        remove(stream, body);
        body.abort(reason);
        return true;
    }
}
