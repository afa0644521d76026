package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of one event loop, each with its guard. Used on that loop only. */
final class Connections {
    private final ConnectionGuard.Limits limits;
    private final AtomicInteger open;
    private final int most;
    private final Map<Channel, Guard> guards = new HashMap<>();

    /** Takes the limits of each, the count of all event loops' connections, and how many they may be. */
    Connections(ConnectionGuard.Limits limits, AtomicInteger open, int most) {
        this.limits = limits;
        this.open = open;
        this.most = most;
    }

    /** Keeps a connection within its limits. */
    interface Guard {
        /** Closes the connection where its client has done nothing for too long. */
        void check();
    }

    /**
     * Takes a connection that has just been made; closes it at once where there are too many. One with TLS is
     * {@link #opened} later, and has as long for that as for its first request's headers.
     */
    void accepted(Channel channel) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            channel.close();
            return;
        }
        long since = System.nanoTime();
        guards.put(channel, () -> {
            if (Duration.ofNanos(System.nanoTime() - since).compareTo(limits.headersWithin()) > 0) {
                channel.close();
            }
        });
        channel.closeFuture().addListener(closed -> {
            open.decrementAndGet();
            guards.remove(channel);
        });
    }

    /** Guards a connection's HTTP from its beginning on: with HTTP/2, after its client has begun it with its settings. */
    void opened(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channel();
        if (!guards.containsKey(channel)) {
            accepted(channel);
        }
        if (channel.isActive()) {
            guards.put(channel, guard(channel.pipeline()));
        }
    }

    private Guard guard(ChannelPipeline pipeline) {
        ChannelHandlerContext http2 = pipeline.context(Http2ConnectionHandler.class);
        if (http2 != null) {
            return Http2Guard.of(limits, http2);
        }
        ConnectionGuard guard = new ConnectionGuard(limits);
        pipeline.addBefore(pipeline.context(VertxHandler.class).name(), "wadi-guard", guard);
        return guard;
    }

    /** Closes those whose clients have done nothing for too long. */
    void check() {
        List.copyOf(guards.values()).forEach(Guard::check);
    }
}
