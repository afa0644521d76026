package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.wadi.management.access.ConnectionCounts.Cause;
import io.wadi.runtime.http.DateHeader;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes the connections of slow clients, and of clients that send a malformed chunk. There are deadlines for sending
 * the headers of a request, for sending its body, and for reading a response. Single bytes do not extend a deadline.
 * There is no deadline while the server computes a response, such as that of an audit.
 */
final class ClientDeadlines extends ChannelDuplexHandler {
    /** Maximum number of pipelined requests, since Vert.x queues all requests that a client sends. */
    private static final int MAX_PIPELINED = 16;

    private static final String NOT_CHUNKED =
            "{\"error_code\":400,\"message\":\"the headers declare chunked transfer coding, but the body is not in it\"}";

    private final Duration timeout;
    private final ConnectionCounts counts;
    private int unanswered;
    private boolean inBody;
    /** Whether a response has begun and not ended. */
    private boolean isResponding;

    private Cause waitingFor;
    private ScheduledFuture<?> deadline;

    ClientDeadlines(Duration timeout, ConnectionCounts counts) {
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
        if (message instanceof HttpContent content) {
            if (content.decoderResult().isFailure() && !(message instanceof HttpRequest)) {
                content.release();
                rejectMalformedBody(context);
                return;
            }
            inBody = !(message instanceof LastHttpContent);
        }
        if (unanswered > MAX_PIPELINED) {
            ReferenceCountUtil.release(message);
            counts.close(context, Cause.SENT_AHEAD);
            return;
        }
        update(context);
        context.fireChannelRead(message);
    }

    /**
     * Rejects a request with a malformed body; Vert.x would close its connection without a response. If another
     * response is due or has begun, the client would take this one for a part of it.
     */
    private void rejectMalformedBody(ChannelHandlerContext context) {
        if (unanswered != 1 || isResponding) {
            counts.close(context, Cause.BROKEN);
            return;
        }
        counts.ended(Cause.BROKEN);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, Unpooled.copiedBuffer(NOT_CHUNKED, US_ASCII));
        response.headers()
                .set(DateHeader.NAME, DateHeader.now())
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            isResponding = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
        }
        if (ConnectionCounts.endsResponse(message)) {
            unanswered--;
            isResponding = false;
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
            waitFor(context, Cause.UNREAD);
        } else if (inBody) {
            waitFor(context, Cause.SLOW);
        } else {
            waitFor(context, unanswered == 0 ? Cause.UNUSED : null);
        }
    }

    /** Starts a new deadline if the awaited event has changed; null for no deadline. */
    private void waitFor(ChannelHandlerContext context, Cause cause) {
        if (cause == waitingFor) {
            return;
        }
        waitingFor = cause;
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        if (cause != null && context.channel().isActive()) {
            deadline = context.executor()
                    .schedule(() -> counts.close(context, cause), timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
