package io.wadi.ingest.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.http.ConnectionCounts.Why;
import java.time.Duration;

/**
 * Keeps one HTTP/1 connection within its limits. It is not read while too many of its requests have no answer, or its client
 * does not read the answers: Vert.x would keep all requests that a client sends ahead, however many. And it is closed where its
 * client keeps it open for nothing or sends too slowly, which bytes that drip in do not put off.
 */
final class ConnectionGuard extends ChannelDuplexHandler implements Connections.Guard {
    /** Requests without an answer up to which more are read. */
    private static final int SENT_AHEAD = 16;

    private final Limits limits;
    private final ConnectionCounts counts;
    private ChannelHandlerContext context;
    private boolean used;
    private int unanswered;
    private boolean inBody;
    /** Whether a body was no body, so that nothing more can be read. */
    private boolean broken;
    /** Whether nothing more is read: a request was of another protocol, or its body too slow, and with its answer the connection ends. */
    private boolean ignoring;

    private boolean reading = true;
    /** When it last began to be without a request, or when the stretch of the body, or of waiting for its client, began. */
    private long since = System.nanoTime();

    private long receivedInStretch;

    /**
     * How long a connection may do nothing.
     *
     * @param headersWithin from its beginning to the end of its first request's headers
     * @param idle from one request's answer to the end of the next one's headers
     * @param bodyBytesPerSecond how fast a body must come, over a stretch; 0 for any speed
     * @param stretch how long bodies are timed, and answers waited for until their client takes them
     */
    record Limits(Duration headersWithin, Duration idle, long bodyBytesPerSecond, Duration stretch) {
        /** What has to come of a body in a stretch. */
        long bodyBytesPerStretch() {
            return bodyBytesPerSecond * stretch.toMillis() / 1000;
        }

        /** What a body ends with that brings less. */
        BodyException tooSlow() {
            return BodyException.tooSlow("the body came too slowly: less than %d bytes a second over %d s"
                    .formatted(bodyBytesPerSecond, stretch.toSeconds()));
        }
    }

    ConnectionGuard(Limits limits, ConnectionCounts counts) {
        super();
        this.limits = limits;
        this.counts = counts;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (ignoring) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request && !isOfKnownVersion(request)) {
            ReferenceCountUtil.release(message);
            channelRead(from, malformed());
            ignoring = true;
            return;
        }
        if (message instanceof HttpRequest) {
            used = true;
            unanswered++;
            inBody = true;
            beginStretch();
        }
        if (message instanceof HttpContent content) {
            if (content.decoderResult().isFailure() && !(message instanceof HttpRequest)) {
                content.release();
                inBody = false;
                broken = true;
                endBroken();
                return;
            }
            receivedInStretch += content.content().readableBytes();
            inBody = !(message instanceof LastHttpContent);
        }
        steer();
        from.fireChannelRead(message);
    }

    /**
     * Whether Vert.x takes the request's version: it knows these two objects, and not {@code http/1.1}, which is equal. To others it
     * would answer 501 itself, with the version that the client has sent.
     */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOfKnownVersion(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }

    /** As Netty's decoder has it for what is no request. */
    private static FullHttpRequest malformed() {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", Unpooled.EMPTY_BUFFER);
        request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("not HTTP/1.0 or 1.1")));
        return request;
    }

    @Override
    public void write(ChannelHandlerContext to, Object message, ChannelPromise promise) {
        boolean isFinal = !isInterim(message);
        boolean endsAll = ignoring && unanswered == 1 && isFinal;
        ChannelPromise written = endsAll || broken ? promise.unvoid() : promise;
        if (endsAll && message instanceof HttpResponse answer) {
            answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (isFinal && message instanceof LastHttpContent) {
            unanswered--;
            beginStretch();
            if (endsAll) {
                written.addListener(ChannelFutureListener.CLOSE);
            }
        }
        if (broken) {
            written.addListener(done -> endBroken());
        }
        to.write(message, written);
        steer();
    }

    /**
     * Closes a connection with a broken body once the requests before it are answered. Vert.x would close it at once, or, where the
     * request has not had its turn yet, fail and leave it open.
     */
    private void endBroken() {
        if (unanswered <= 1) {
            // Behind what is written and not flushed yet, such as answers to requests of the same packet.
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** 100 (Continue), after which the answer is still to come. */
    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse answer && answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        beginStretch();
        steer();
        from.fireChannelWritabilityChanged();
    }

    private void beginStretch() {
        since = System.nanoTime();
        receivedInStretch = 0;
    }

    /** Turns reading off or on where that has changed; in between Vert.x does so itself, for a body that is not taken. */
    private void steer() {
        boolean read = unanswered <= SENT_AHEAD && context.channel().isWritable();
        if (read != reading) {
            reading = read;
            context.channel().config().setAutoRead(read);
        }
    }

    @Override
    public void check() {
        Duration waited = Duration.ofNanos(System.nanoTime() - since);
        if (!context.channel().isWritable()) {
            closeAfter(waited, limits.stretch(), Why.UNREAD);
        } else if (unanswered == 0) {
            closeAfter(waited, used ? limits.idle() : limits.headersWithin(), Why.UNUSED);
        } else if (inBody && !context.channel().config().isAutoRead()) {
            beginStretch();
        } else if (inBody && waited.compareTo(limits.stretch()) >= 0) {
            if (receivedInStretch < limits.bodyBytesPerStretch()) {
                refuseSlow();
            }
            beginStretch();
        }
    }

    private void closeAfter(Duration waited, Duration allowed, Why why) {
        if (waited.compareTo(allowed) > 0) {
            counts.ended(why);
            context.close();
        }
    }

    /** With an answer, where it would not be taken for that of an earlier request: its route's, which says what stands, or one of its own. */
    private void refuseSlow() {
        counts.ended(Why.SLOW);
        if (unanswered > 1) {
            context.close();
            return;
        }
        ignoring = true;
        inBody = false;
        if (ComingBodies.of(context.channel()).cut(ComingBodies.NO_STREAM, limits.tooSlow())) {
            return;
        }
        DefaultFullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_TIMEOUT);
        answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE).set(HttpHeaderNames.CONTENT_LENGTH, 0);
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
}
