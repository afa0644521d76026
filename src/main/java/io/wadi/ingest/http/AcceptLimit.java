package io.wadi.ingest.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.http.ConnectionCounts.Why;
import java.net.InetSocketAddress;

/**
 * Closes a new connection beyond its client's share before an event loop hears of it: what is made for a connection, with TLS above
 * all, costs more than the rest of such a one. Stands in the pipeline of the socket that listens. Whether a connection that it
 * lets through has room is decided when it is counted.
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
