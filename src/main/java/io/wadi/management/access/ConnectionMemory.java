package io.wadi.management.access;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.wadi.management.access.ConnectionCounts.Cause;
import io.wadi.runtime.security.HeadDecoder;
import io.wadi.runtime.security.Peer;
import java.util.Map;

/**
 * Accounts for the memory of a connection: requests until their responses are written, and responses until the client
 * has read them. Closes the connection if a limit of memory is reached, or if its requests without a response exceed
 * the maximum size of one request.
 */
final class ConnectionMemory extends ChannelDuplexHandler {
    /** The maximum size of headers and body, plus one read and the buffer of a paused body. */
    static final int MAX_UNANSWERED = 256 << 10;

    /** The copies of a request in memory: the body in chunks and as a whole, headers as bytes and as text. */
    private static final int COPIES = 2;
    /** The unit of accounting; smaller amounts are covered by the memory planned per connection. */
    private static final long STEP = 4 << 10;

    private final Peer peer;
    private final ConnectionCounts counts;
    private int unanswered;
    private long received;
    private long reserved;

    ConnectionMemory(Peer peer, ConnectionCounts counts) {
        this.peer = peer;
        this.counts = counts;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            unanswered++;
            received += bytes(request);
        }
        // The rest of a body is discarded once the response to its request is written.
        if (message instanceof HttpContent content && content.content().isReadable() && unanswered > 0) {
            received += content.content().readableBytes() + HeadDecoder.PART_BYTES;
        }
        if (received > MAX_UNANSWERED) {
            ReferenceCountUtil.release(message);
            counts.close(context, Cause.SENT_AHEAD);
        } else if (reserve(context)) {
            context.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private static long bytes(HttpRequest request) {
        long length = HeadDecoder.REQUEST_BYTES + request.uri().length();
        for (Map.Entry<String, String> header : request.headers()) {
            length += header.getKey().length() + header.getValue().length() + HeadDecoder.HEADER_BYTES;
        }
        return length;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (ConnectionCounts.endsResponse(message)) {
            unanswered--;
            received = unanswered == 0 ? 0 : received;
        }
        // Netty updates the pending bytes after it has called the promise's listeners.
        context.write(
                message,
                promise.unvoid().addListener(written -> context.executor().execute(() -> reserve(context))));
        reserve(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        reserve(0);
        context.fireChannelInactive();
    }

    private boolean reserve(ChannelHandlerContext context) {
        ChannelOutboundBuffer pending = context.channel().unsafe().outboundBuffer();
        if (pending == null) {
            reserve(0);
            return true;
        }
        boolean isReserved = reserve((COPIES * received + pending.totalPendingWriteBytes()) / STEP * STEP);
        if (!isReserved) {
            counts.close(context, Cause.MEMORY_LIMIT);
        }
        return isReserved;
    }

    /** Changes the reserved memory to this size. Returns false and changes nothing if a limit would be exceeded. */
    private boolean reserve(long bytes) {
        boolean isReserved = bytes == reserved || counts.tryHold(peer, bytes - reserved);
        reserved = isReserved ? bytes : reserved;
        return isReserved;
    }
}
