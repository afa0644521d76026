package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.browser.CrossOrigin;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.eventloop.ReadScheduler;
import io.wadi.ingest.http.ConnectionCounts.EndReason;
import io.wadi.ingest.limits.ConnectionLease;
import io.wadi.ingest.tls.HandshakeQueue;
import io.wadi.runtime.security.HeadDecoder;
import io.wadi.runtime.security.Http2FrameGroups;
import io.wadi.runtime.security.Peer;
import io.wadi.runtime.security.TlsHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of one event loop, each with the guard that enforces its limits. Used on that loop only. */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    /** Minimum number of connections that are checked in an iteration, even if the iteration is long. */
    private static final int CHECKS_PER_ITERATION = 64;

    /** Maximum number of successive checks that are skipped: about ten seconds, even if a client sends single bytes. */
    private static final int MAX_SKIPPED = 20;

    private final ConnectionLimits limits;
    private final CrossOrigin crossOrigin;
    private final Admission admission;
    private final ConnectionCounts counts;
    private final int maxConnections;
    private final IngestLoop loop;
    private final HttpServerOptions options;
    private final Map<Channel, Guard> guards = new HashMap<>();
    private final Queue<Channel> unchecked = new ArrayDeque<>();
    /** The number of successive skipped checks of a connection. */
    private final Map<Channel, Integer> skipped = new HashMap<>();

    private final Map<Channel, ConnectionLease> leases = new HashMap<>();

    Connections(
            ConnectionLimits limits,
            CrossOrigin crossOrigin,
            Admission admission,
            ConnectionCounts counts,
            int maxConnections,
            IngestLoop loop,
            HttpServerOptions options) {
        this.limits = limits;
        this.crossOrigin = crossOrigin;
        this.admission = admission;
        this.counts = counts;
        this.maxConnections = maxConnections;
        this.loop = loop;
        this.options = options;
    }

    /** Returns the event loop, whose reads are scheduled for all of its connections. */
    IngestLoop loop() {
        return loop;
    }

    /** A guard that enforces the limits of one connection. */
    interface Guard {
        /** Closes the connection or cancels requests if their timeouts have passed. Called every half second. */
        void check();
    }

    /**
     * Registers a new connection; closes it if a limit is reached. For a TLS connection {@link #opened} is called after
     * its handshake, which has the timeout of the first request's headers.
     *
     * @return the client to which the connection is charged; null if the connection is closed
     */
    HandshakeQueue.Client accepted(Channel channel) {
        if (!counts.open(maxConnections)) {
            channel.close();
            return null;
        }
        Peer peer = channel.remoteAddress() instanceof InetSocketAddress address
                ? admission.peer(address.getAddress())
                : null; // already disconnected
        ConnectionLease lease = peer == null ? null : admission.connect(peer, maxConnections - counts.open());
        if (lease == null) {
            counts.closed();
            counts.ended(EndReason.TOO_MANY);
            channel.close();
            return null;
        }
        leases.put(channel, lease);
        ScheduledReadAllocator.add(channel, loop.reads(), peer.client());
        TlsHandler tls = channel.pipeline().get(TlsHandler.class);
        if (tls != null) {
            guardHandshake(channel, tls);
            Turn turn = new Turn(ScheduledReadAllocator.of(channel));
            tls.divideAmong(turn);
            Http2FrameGroups.addTo(channel.pipeline(), tls, turn, () -> counts.ended(EndReason.FLOOD));
        }
        channel.closeFuture().addListener(closed -> {
            counts.closed();
            guards.remove(channel);
            skipped.remove(channel);
            leases.remove(channel);
            lease.close();
        });
        return new HandshakeQueue.Client(peer.client(), loop.reads().hasShownKey(peer.client()));
    }

    private void guardHandshake(Channel channel, SslHandler tls) {
        long since = System.nanoTime();
        tls.handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                counts.ended(EndReason.HANDSHAKE);
            }
        });
        guards.put(channel, () -> {
            if (Duration.ofNanos(System.nanoTime() - since).compareTo(limits.headersWithin()) > 0) {
                if (tls.handshakeFuture().isSuccess()) {
                    counts.ended(EndReason.UNUSED);
                }
                guards.remove(channel);
                channel.close();
            }
        });
    }

    /** Installs the guard of a connection. For HTTP/2 this is called after the client's settings have arrived. */
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

    private Guard guard(ChannelPipeline pipeline, ConnectionMemory memory) {
        ChannelHandlerContext http2 = pipeline.context(Http2ConnectionHandler.class);
        if (http2 != null) {
            return Http2Guard.of(limits, counts, memory, http2);
        }
        ReadScheduler.Connection turns = ScheduledReadAllocator.of(pipeline.channel());
        HeadDecoder decoder =
                HeadDecoder.replaceIn(pipeline, options, turns == null ? HeadDecoder.Turn.ENDLESS : new Turn(turns));
        ConnectionGuard guard = new ConnectionGuard(limits, crossOrigin, counts, memory, decoder);
        pipeline.addBefore(pipeline.context(VertxHandler.class).name(), "wadi-guard", guard);
        return guard;
    }

    private record Turn(ReadScheduler.Connection turns) implements HeadDecoder.Turn {
        @Override
        public boolean mayGoOn() {
            return turns.mayReadOn();
        }

        @Override
        public void later(Runnable work) {
            turns.later(work);
        }
    }

    /**
     * Checks all guards, in later iterations of the loop: data that arrived while the loop was busy is read before, and
     * so counts as received in time.
     */
    void check() {
        if (unchecked.isEmpty()) {
            unchecked.addAll(guards.keySet());
            loop.inLaterIteration(this::checkNext);
        }
    }

    private void checkNext() {
        int checked = 0;
        while (!unchecked.isEmpty()) {
            if (checked >= CHECKS_PER_ITERATION && loop.isIterationOver()) {
                loop.inLaterIteration(this::checkNext);
                return;
            }
            checked++;
            check(unchecked.remove());
        }
    }

    /**
     * Checks a connection. Skips it a limited number of times if it waits to be read: unread bytes may complete its
     * request.
     */
    private void check(Channel channel) {
        Guard guard = guards.get(channel);
        if (guard == null) {
            return;
        }
        ReadScheduler.Connection turns = ScheduledReadAllocator.of(channel);
        if (turns != null && turns.isWaiting() && skipped.merge(channel, 1, Integer::sum) <= MAX_SKIPPED) {
            return;
        }
        skipped.remove(channel);
        try {
            guard.check();
        } catch (RuntimeException e) {
            LOG.error("Failed to check the limits of a connection", e);
        }
    }
}
