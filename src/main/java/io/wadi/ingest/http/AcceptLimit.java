package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.http.ConnectionCounts.EndReason;
import java.net.InetSocketAddress;

/**
 * A handler of the listening socket that closes connections beyond the limit or their client's share before Netty
 * creates their pipeline and TLS engine. {@link Connections#accepted} counts the other connections and checks the
 * limits again.
 */
final class AcceptLimit extends ChannelInboundHandlerAdapter {
    private final Admission admission;
    private final ConnectionCounts counts;
    private final int maxConnections;

    AcceptLimit(Admission admission, ConnectionCounts counts, int maxConnections) {
        this.admission = admission;
        this.counts = counts;
        this.maxConnections = maxConnections;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof Channel connection && !mayConnect(connection)) {
            counts.ended(EndReason.TOO_MANY);
            connection.unsafe().closeForcibly();
        } else {
            from.fireChannelRead(message);
        }
    }

    private boolean mayConnect(Channel connection) {
        int free = maxConnections - counts.open() - 1;
        return free >= 0
                && (!(connection.remoteAddress() instanceof InetSocketAddress address)
                        || admission.mayConnect(admission.peer(address.getAddress()), free));
    }
}
