package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.eventloop.ReadScheduler;
import io.wadi.ingest.http.ConnectionCounts.Why;
import io.wadi.ingest.limits.ConnectionLease;
import io.wadi.runtime.security.Peer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The connections of one event loop, each with its guard. Used on that loop only. */
final class Connections {
    private final ConnectionGuard.Limits limits;
    private final Admission admission;
    private final ConnectionCounts counts;
    private final int most;
    private final ReadScheduler reads;
    private final Map<Channel, Guard> guards = new HashMap<>();
    private final Map<Channel, ConnectionLease> leases = new HashMap<>();

    /**
     * Takes the limits of each connection, what shares room out among clients, the counts of all event loops' connections, how many
     * they may be, and what shares out the time of this loop.
     */
    Connections(
            ConnectionGuard.Limits limits,
            Admission admission,
            ConnectionCounts counts,
            int most,
            ReadScheduler reads) {
        this.limits = limits;
        this.admission = admission;
        this.counts = counts;
        this.most = most;
        this.reads = reads;
    }

    /** Keeps a connection within its limits. */
    interface Guard {
        /** Closes the connection where its client has done nothing for too long. */
        void check();
    }

    /**
     * Takes a connection that has just been made; closes it at once where there are too many. One with TLS is
     * {@link #opened} later, and has as long for that as for its first request's headers.
     *
     * @return the client that it counts for; null where it is closed
     */
    Object accepted(Channel channel) {
        if (!counts.open(most)) {
            channel.close();
            return null;
        }
        Peer peer = channel.remoteAddress() instanceof InetSocketAddress address
                ? admission.peer(address.getAddress())
                : null; // It has gone already.
        ConnectionLease lease = peer == null ? null : admission.connect(peer, most - counts.open());
        if (lease == null) {
            counts.closed();
            counts.ended(Why.TOO_MANY);
            channel.close();
            return null;
        }
        leases.put(channel, lease);
        ScheduledReadAllocator.add(channel, reads, peer.client());
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            guardHandshake(channel, tls);
        }
        channel.closeFuture().addListener(closed -> {
            counts.closed();
            guards.remove(channel);
            leases.remove(channel);
            lease.close();
        });
        return peer.client();
    }

    private void guardHandshake(Channel channel, SslHandler tls) {
        long since = System.nanoTime();
        tls.handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                counts.ended(Why.HANDSHAKE);
            }
        });
        guards.put(channel, () -> {
            if (Duration.ofNanos(System.nanoTime() - since).compareTo(limits.headersWithin()) > 0) {
                if (tls.handshakeFuture().isSuccess()) {
                    counts.ended(Why.UNUSED);
                }
                guards.remove(channel);
                channel.close();
            }
        });
    }

    /** Guards a connection's HTTP from its beginning on: with HTTP/2, after its client has begun it with its settings. */
    void opened(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channel();
        if (channel.pipeline().get(SslHandler.class) == null) {
            accepted(channel);
        }
        ConnectionLease lease = leases.get(channel);
        if (lease != null && channel.isActive()) {
            guards.put(channel, guard(channel.pipeline(), new ConnectionMemory(channel, lease, counts)));
        }
    }

    private Guard guard(ChannelPipeline pipeline, ConnectionMemory footprint) {
        ChannelHandlerContext http2 = pipeline.context(Http2ConnectionHandler.class);
        if (http2 != null) {
            return Http2Guard.of(limits, counts, footprint, http2);
        }
        ConnectionGuard guard = new ConnectionGuard(limits, counts, footprint);
        pipeline.addBefore(pipeline.context(HttpRequestDecoder.class).name(), "wadi-footprint", footprint);
        pipeline.addBefore(pipeline.context(VertxHandler.class).name(), "wadi-guard", guard);
        return guard;
    }

    /** Closes those whose clients have done nothing for too long. */
    void check() {
        List.copyOf(guards.values()).forEach(Guard::check);
    }
}
