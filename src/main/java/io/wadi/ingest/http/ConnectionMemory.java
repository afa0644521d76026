package io.wadi.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.wadi.ingest.http.ConnectionCounts.EndReason;
import io.wadi.ingest.limits.ConnectionLease;

/**
 * A handler that charges a connection for the bytes held by its decoders and unread responses, after each read and on
 * demand. It closes the connection if memory is exhausted. In an HTTP/1 pipeline it stands after TLS and before the
 * decoder, so it sees plain bytes.
 */
final class ConnectionMemory extends ChannelInboundHandlerAdapter {
    /** The step of charges; less than one step is part of the memory planned for each connection. */
    private static final int STEP = 4 << 10;

    private final ConnectionLease lease;
    private final ConnectionCounts counts;
    private final Channel channel;
    private long received;
    private long heads;

    ConnectionMemory(Channel channel, ConnectionLease lease, ConnectionCounts counts) {
        super();
        this.channel = channel;
        this.lease = lease;
        this.counts = counts;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof ByteBuf bytes) {
            received += bytes.readableBytes();
        }
        from.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        from.fireChannelReadComplete();
        charge(0);
    }

    /** Counts the bytes received so far as request headers, which are held until {@link #answered}. */
    void head() {
        heads += received;
        received = 0;
    }

    /** Releases the bytes received so far, which were passed on as part of a body. */
    void body() {
        received = 0;
    }

    /** Releases the headers: no request is unanswered. */
    void answered() {
        heads = 0;
    }

    /** Charges the bytes held now plus {@code more}; closes the connection if memory is exhausted. */
    void charge(long more) {
        ChannelOutboundBuffer unread = channel.unsafe().outboundBuffer();
        if (unread == null) {
            return; // The connection is closed.
        }
        long held = received + heads + unread.totalPendingWriteBytes() + more;
        if (!lease.holds(held / STEP * STEP)) {
            counts.ended(EndReason.NO_ROOM);
            // Bypasses TLS, which would keep unread data until its close timeout.
            channel.unsafe().close(channel.voidPromise());
        }
    }

    boolean isCrowded() {
        return lease.isCrowded();
    }
}
