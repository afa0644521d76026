package io.wadi.management.access;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.wadi.management.access.ConnectionCounts.Why;
import java.util.Map;

/**
 * Charges a connection for the requests that it has brought and that have no answer, and for the answers that its client has not
 * taken. It is closed where there is no room for these, or where it brings more before an answer than one request may be.
 */
final class ConnectionMemory extends ChannelDuplexHandler {
    /** The largest head and body, what one read brings beyond them, and what is read of a body that is paused. */
    static final int MOST_UNANSWERED = 256 << 10;

    /** A body stands in pieces and as a whole, a head as bytes and as text. */
    private static final int COPIES = 2;
    /** Charged in steps; what is less is part of the memory planned for each connection. */
    private static final long STEP = 4 << 10;

    private final ConnectionMemoryPool.Connection held;
    private final ConnectionCounts counts;
    private int unanswered;
    private long brought;

    ConnectionMemory(ConnectionMemoryPool.Connection held, ConnectionCounts counts) {
        super();
        this.held = held;
        this.counts = counts;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            unanswered++;
            brought += length(request);
        }
        // What still comes of a body that has its answer is thrown away.
        if (message instanceof HttpContent content && unanswered > 0) {
            brought += content.content().readableBytes();
        }
        if (brought > MOST_UNANSWERED) {
            ReferenceCountUtil.release(message);
            end(context, Why.SENT_AHEAD);
        } else if (charge(context)) {
            context.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private static long length(HttpRequest request) {
        long length = request.uri().length();
        for (Map.Entry<String, String> header : request.headers()) {
            length += header.getKey().length() + header.getValue().length();
        }
        return length;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean isInterim =
                message instanceof HttpResponse answer && answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (message instanceof LastHttpContent && !isInterim) {
            unanswered--;
            brought = unanswered == 0 ? 0 : brought;
        }
        // Netty counts what is taken once the listeners of its promise have been called.
        context.write(
                message,
                promise.unvoid().addListener(taken -> context.executor().execute(() -> charge(context))));
        charge(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        held.holds(0);
        context.fireChannelInactive();
    }

    private boolean charge(ChannelHandlerContext context) {
        ChannelOutboundBuffer untaken = context.channel().unsafe().outboundBuffer();
        if (untaken == null) {
            held.holds(0);
            return true;
        }
        boolean isRoom = held.holds((COPIES * brought + untaken.totalPendingWriteBytes()) / STEP * STEP);
        if (!isRoom) {
            end(context, Why.NO_ROOM);
        }
        return isRoom;
    }

    private void end(ChannelHandlerContext context, Why why) {
        counts.ended(why);
        context.close();
    }
}
