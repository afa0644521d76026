package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.http.ConnectionCounts.Why;
import java.net.InetSocketAddress;

/**
 * A handler of the listening socket that closes new connections beyond their client's share before they are registered with an event
 * loop: their pipeline and TLS engine would cost more than closing them. {@link Connections#accepted} counts the
 * others and checks the share again.
 */
final class AcceptLimit extends ChannelInboundHandlerAdapter {
    private final Admission admission;
    private final ConnectionCounts counts;
    private final int most;

    AcceptLimit(Admission admission, ConnectionCounts counts, int most) {
        super();
        this.admission = admission;
        this.counts = counts;
        this.most = most;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (message instanceof Channel connection && !hasRoom(connection)) {
            counts.ended(Why.TOO_MANY);
            connection.unsafe().closeForcibly();
        } else {
            from.fireChannelRead(message);
        }
    }

    private boolean hasRoom(Channel connection) {
        int free = most - counts.open() - 1;
        return free >= 0
                && (!(connection.remoteAddress() instanceof InetSocketAddress address)
                        || admission.mayConnect(admission.peer(address.getAddress()), free));
    }
}
