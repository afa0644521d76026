package io.wadi.management.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.wadi.runtime.security.NetworkLimit;
import io.wadi.runtime.security.Peer;
import io.wadi.runtime.telemetry.EnumCounters;

/**
 * Limits the connections to the management port and the memory that they hold, in total and per network, and counts the
 * connections that were closed because of their clients. Thread-safe.
 */
final class ConnectionCounts {
    private final NetworkLimit open;
    private final NetworkLimit held;
    private final EnumCounters<Cause> ended;

    /** The reason why a connection was closed. */
    enum Cause {
        /** The limit of connections was reached, in total or for the network. */
        TOO_MANY,
        /** The deadline for the headers of a request passed. */
        UNUSED,
        /** The deadline for the body of a request passed. */
        SLOW,
        /** A body was not in the chunked coding that its headers declared. */
        BROKEN,
        /** The deadline for reading a response passed. */
        UNREAD,
        /** The client sent too many or too large requests without waiting for the responses. */
        SENT_AHEAD,
        /** The limit of memory was reached, in total or for the network. */
        MEMORY_LIMIT,
        /** The client sent useless TLS records. */
        FLOOD
    }

    /** Creates an instance without connections; the parameters are those of {@link ManagementServer.Limits}. */
    ConnectionCounts(int maxConnections, long maxHeld, MeterRegistry meters) {
        open = new NetworkLimit(maxConnections);
        held = new NetworkLimit(maxHeld);
        Gauge.builder("wadi.management.connections", open, NetworkLimit::total)
                .description("Connections to the management port")
                .strongReference(true)
                .register(meters);
        Gauge.builder("wadi.management.held.bytes", held, NetworkLimit::total)
                .description(
                        "Bytes that connections to the management port hold: unanswered requests, and responses that clients have not read")
                .strongReference(true)
                .register(meters);
        ended = new EnumCounters<>(
                Cause.class,
                "reason",
                Counter.builder("wadi.management.connections.ended")
                        .description("Connections to the management port that were closed because of their clients")
                        .withRegistry(meters));
    }

    /** Counts a new connection; returns false, without counting it, if there are too many. */
    boolean tryOpen(Peer peer) {
        boolean isOpened = open.tryAdd(peer, 1);
        if (!isOpened) {
            ended(Cause.TOO_MANY);
        }
        return isOpened;
    }

    void closed(Peer peer) {
        open.tryAdd(peer, -1);
    }

    /** Changes the bytes that a connection holds. Returns false and changes nothing if a limit would be exceeded. */
    boolean tryHold(Peer peer, long more) {
        return held.tryAdd(peer, more);
    }

    void ended(Cause cause) {
        ended.increment(cause);
    }

    void close(ChannelHandlerContext context, Cause cause) {
        ended(cause);
        context.close();
    }

    /** Returns whether a message ends a response. An interim response such as 100 Continue does not count. */
    static boolean endsResponse(Object message) {
        return message instanceof LastHttpContent
                && !(message instanceof HttpResponse response
                        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL);
    }
}
