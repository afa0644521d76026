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
import io.netty.handler.codec.http.HttpHeaders;
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
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.ResponseFormat;
import java.time.Duration;

/**
 * Keeps one HTTP/1 connection within its limits. It is not read while too many of its requests have no answer, or its client
 * does not read the answers: Vert.x would keep all requests that a client sends ahead, however many. And it is closed where its
 * client keeps it open for nothing or sends too slowly, which bytes that drip in do not put off.
 */
final class ConnectionGuard extends ChannelDuplexHandler implements Connections.Guard {
    /** Requests without an answer up to which more are read. */
    private static final int SENT_AHEAD = 16;

    private static final String NOT_CHUNKED = "the body is not in the chunked coding that its head announces";

    private final Limits limits;
    private final ConnectionCounts counts;
    private final ConnectionMemory footprint;
    private ChannelHandlerContext context;
    private boolean used;
    /** The target of the latest request, which decides the form of its answer. */
    private String target = "";

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
        /** While memory is short, a body has to bring what it holds within so many stretches. */
        private static final int TURNOVER = 3;

        /**
         * What has to come of a body in a stretch.
         *
         * @param held the bytes that its request holds
         * @param isCrowded whether memory is short: then the minimum grows with what is held
         */
        long bodyBytesPerStretch(long held, boolean isCrowded) {
            long least = bodyBytesPerSecond * stretch.toMillis() / 1000;
            return bodyBytesPerSecond > 0 && isCrowded ? Math.max(least, held / TURNOVER) : least;
        }

        /** What a body ends with that brings less than so many bytes in a stretch. */
        BodyException tooSlow(long bytesPerStretch) {
            return BodyException.tooSlow("the body came too slowly: less than %d bytes a second over %d s"
                    .formatted(bytesPerStretch * 1000 / stretch.toMillis(), stretch.toSeconds()));
        }
    }

    ConnectionGuard(Limits limits, ConnectionCounts counts, ConnectionMemory footprint) {
        super();
        this.limits = limits;
        this.counts = counts;
        this.footprint = footprint;
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
        if (message instanceof HttpRequest request) {
            if (request.decoderResult().isFailure()) {
                // The answer has the request's version, which may be any word that the client has sent.
                request.setProtocolVersion(HttpVersion.HTTP_1_1);
            } else {
                String problem = problem(request);
                if (problem != null) {
                    ReferenceCountUtil.release(message);
                    channelRead(from, malformed(problem));
                    ignoring = true;
                    return;
                }
            }
            footprint.head();
            target = request.uri();
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
                counts.ended(Why.BROKEN);
                if (unanswered == 1) {
                    refuseBody(BodyException.invalid(NOT_CHUNKED));
                } else {
                    endBroken();
                }
                return;
            }
            footprint.body();
            receivedInStretch += content.content().readableBytes();
            inBody = !(message instanceof LastHttpContent);
        }
        steer();
        from.fireChannelRead(message);
    }

    /** What is wrong with a request's head that Netty's decoder accepts; null for nothing. */
    private static String problem(HttpRequest request) {
        if (!isOfKnownVersion(request)) {
            return Responses.MALFORMED;
        }
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        boolean isHostMissing = hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        return hosts > 1 || isHostMissing
                ? "an HTTP/1.1 request has exactly one Host header, and this one has " + hosts
                : null;
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

    /** As Netty's decoder has it for what is no request; the problem is meant for the client. */
    private static FullHttpRequest malformed(String problem) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", Unpooled.EMPTY_BUFFER);
        request.setDecoderResult(DecoderResult.failure(new MalformedRequestException(problem)));
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
            if (unanswered == 0) {
                footprint.answered();
            }
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
        footprint.charge(0);
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
        footprint.charge(0);
        Duration waited = Duration.ofNanos(System.nanoTime() - since);
        if (!context.channel().isWritable()) {
            closeAfter(waited, limits.stretch(), Why.UNREAD);
        } else if (unanswered == 0) {
            closeAfter(waited, used ? limits.idle() : limits.headersWithin(), Why.UNUSED);
        } else if (inBody && !context.channel().config().isAutoRead()) {
            beginStretch();
        } else if (inBody && waited.compareTo(limits.stretch()) >= 0) {
            long least = limits.bodyBytesPerStretch(
                    IncomingBodies.of(context.channel()).held(IncomingBodies.NO_STREAM), footprint.isCrowded());
            if (receivedInStretch < least) {
                refuseSlow(limits.tooSlow(least));
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
    private void refuseSlow(BodyException reason) {
        counts.ended(Why.SLOW);
        if (unanswered > 1) {
            context.close();
            return;
        }
        refuseBody(reason);
    }

    private void refuseBody(BodyException reason) {
        ignoring = true;
        inBody = false;
        if (IncomingBodies.of(context.channel()).cut(IncomingBodies.NO_STREAM, reason)) {
            return;
        }
        // The request waits for its turn, so that no route can answer it.
        int query = target.indexOf('?');
        ResponseFormat format = ResponseFormat.of(query < 0 ? target : target.substring(0, query));
        DefaultFullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reason.status()),
                Unpooled.wrappedBuffer(format.rejection(reason.status(), reason.getMessage())));
        HttpHeaders headers = answer.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, HttpResponses.JSON);
        format.headers(null).forEach(headers::set);
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.content().readableBytes());
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
}
