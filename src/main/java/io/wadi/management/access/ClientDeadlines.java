package io.wadi.management.access;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.wadi.management.access.ConnectionCounts.Why;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose client lets it wait for too long: for the headers of a request, for the rest of its body, or to take an
 * answer. Single bytes do not extend a deadline. What takes long here, such as an audit or a stream of events, has none.
 */
final class ClientDeadlines extends ChannelDuplexHandler {
    /** Requests without an answer; Vert.x keeps all that a client sends ahead. */
    private static final int SENT_AHEAD = 16;

    private final Duration timeout;
    private final ConnectionCounts counts;
    private int unanswered;
    private boolean inBody;
    private Why waitingFor;
    private ScheduledFuture<?> deadline;

    ClientDeadlines(Duration timeout, ConnectionCounts counts) {
        super();
        this.timeout = timeout;
        this.counts = counts;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        update(context);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        waitFor(context, null);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waitFor(context, null);
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            unanswered++;
            inBody = true;
        }
        if (message instanceof HttpContent) {
            inBody = !(message instanceof LastHttpContent);
        }
        if (unanswered > SENT_AHEAD) {
            ReferenceCountUtil.release(message);
            end(context, Why.SENT_AHEAD);
            return;
        }
        update(context);
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean isInterim =
                message instanceof HttpResponse answer && answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (message instanceof LastHttpContent && !isInterim) {
            unanswered--;
        }
        context.write(message, promise);
        update(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        update(context);
        context.fireChannelWritabilityChanged();
    }

    private void update(ChannelHandlerContext context) {
        if (!context.channel().isWritable()) {
            waitFor(context, Why.UNREAD);
        } else if (inBody) {
            waitFor(context, Why.SLOW);
        } else {
            waitFor(context, unanswered == 0 ? Why.UNUSED : null);
        }
    }

    /** A deadline begins when what is waited for changes. */
    private void waitFor(ChannelHandlerContext context, Why why) {
        if (why == waitingFor) {
            return;
        }
        waitingFor = why;
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        if (why != null && context.channel().isActive()) {
            deadline = context.executor().schedule(() -> end(context, why), timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void end(ChannelHandlerContext context, Why why) {
        counts.ended(why);
        context.close();
    }
}
