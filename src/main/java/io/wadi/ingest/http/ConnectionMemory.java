package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.wadi.ingest.http.ConnectionCounts.EndReason;
import io.wadi.ingest.limits.ConnectionLease;
import io.wadi.runtime.security.TlsHandler;

/**
 * The memory of a connection without the bodies that are charged to their requests: the buffer of its decoder, the TLS
 * records of later turns, the headers of unanswered requests, queued parts of bodies, and unread responses. Closes the
 * connection if memory is exhausted.
 */
final class ConnectionMemory {
    /** The step of charges. The remainder below one step is in the memory that is planned for each connection. */
    private static final int STEP = 4 << 10;

    private final ConnectionLease lease;
    private final ConnectionCounts counts;
    private final Channel channel;
    /** Null for a connection without TLS. */
    private final TlsHandler tls;

    ConnectionMemory(Channel channel, ConnectionLease lease, ConnectionCounts counts) {
        this.channel = channel;
        this.lease = lease;
        this.counts = counts;
        this.tls = channel.pipeline().get(TlsHandler.class);
    }

    /**
     * Charges {@code received} bytes, TLS records of later turns, and unread responses; closes the connection if memory
     * is exhausted.
     */
    void charge(long received) {
        ChannelOutboundBuffer unread = channel.unsafe().outboundBuffer();
        if (unread == null) {
            return; // The connection is closed.
        }
        long held = received + (tls == null ? 0 : tls.heldBytes()) + unread.totalPendingWriteBytes();
        if (!lease.holds(held / STEP * STEP)) {
            counts.ended(EndReason.MEMORY_LIMIT);
            // Bypasses TLS, which would keep unread data until its close timeout.
            channel.unsafe().close(channel.voidPromise());
        }
    }

    boolean isCrowded() {
        return lease.isCrowded();
    }
}
