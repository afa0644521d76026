package io.wadi.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.wadi.ingest.http.ConnectionCounts.Why;
import io.wadi.ingest.limits.ConnectionLease;

/**
 * Charges a connection for the bytes that its decoders and its unread answers hold, after each read and whenever its guard asks
 * for it. A connection for which there is no room is closed. In the pipeline of HTTP/1 it sees plain bytes: behind TLS, before
 * the decoder.
 */
final class ConnectionMemory extends ChannelInboundHandlerAdapter {
    /** Charged in steps; a connection that holds less than one is part of the memory planned for each connection. */
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

    /** The bytes received so far have become the head of a request, which is held until {@link #answered}. */
    void head() {
        heads += received;
        received = 0;
    }

    /** The bytes received so far have been handed on as part of a body. */
    void body() {
        received = 0;
    }

    /** No request of the connection is held any more. */
    void answered() {
        heads = 0;
    }

    /** Charges what is held now, and so much more that the guard knows of; closes the connection if there is no room. */
    void charge(long more) {
        ChannelOutboundBuffer unread = channel.unsafe().outboundBuffer();
        if (unread == null) {
            return; // The connection is closed.
        }
        long held = received + heads + unread.totalPendingWriteBytes() + more;
        if (!lease.holds(held / STEP * STEP)) {
            counts.ended(Why.NO_ROOM);
            // Not through TLS, which would keep what the client has not read until it gives up saying goodbye.
            channel.unsafe().close(channel.voidPromise());
        }
    }

    /** Whether memory is short. */
    boolean isCrowded() {
        return lease.isCrowded();
    }
}
