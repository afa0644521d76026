package io.wadi.ingest.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.wadi.ingest.browser.CrossOrigin;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.http.ConnectionCounts.EndReason;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.ResponseFormat;
import io.wadi.runtime.http.DateHeader;
import io.wadi.runtime.security.HeadDecoder;
import java.time.Duration;

/**
 * A handler that enforces the limits of one HTTP/1 connection. It pauses reading while too many pipelined requests are
 * unanswered or the client does not read its responses, since Vert.x would queue them without limit. It closes the
 * connection if it is idle, and rejects a body below the minimum rate, which a client cannot meet with single bytes.
 */
final class ConnectionGuard extends ChannelDuplexHandler implements Connections.Guard {
    /** Maximum unanswered requests; beyond, the connection is not read and received bytes are not decoded. */
    private static final int MAX_PIPELINED = 16;

    private static final String NOT_CHUNKED = "the headers declare chunked transfer coding, but the body is not in it";

    private final ConnectionLimits limits;
    private final CrossOrigin crossOrigin;
    private final ConnectionCounts counts;
    private final ConnectionMemory memory;
    private final HeadDecoder decoder;
    private ChannelHandlerContext context;
    private boolean hadRequest;
    /** The target of the latest request, which determines the format of its response. */
    private String target = "";
    /** The origin of the latest request; null if it has none. */
    private String origin;

    /** The latest request until its end is passed on to Vert.x; null if there is none. */
    private HttpRequest unended;

    private int unanswered;
    private boolean inBody;
    private boolean isChunked;
    /** The chunks of the current body, or what a read contains of each. */
    private final BodyParts parts = new BodyParts("chunks");

    /**
     * Whether a body was malformed, or was rejected while requests before it had no response, so that the connection
     * closes after their responses.
     */
    private boolean broken;
    /**
     * Whether input is discarded: a request was malformed or its body too slow, and the connection closes after its
     * response.
     */
    private boolean ignoring;

    /** Whether the response has no length and is not chunked, as for HTTP/1.0: the end of the connection ends it. */
    private boolean isWithoutLength;

    private boolean reading = true;
    /** Whether Vert.x has paused a body after it has queued some parts. */
    private boolean isBodyPaused;
    /** The time at which the connection became idle or the current measuring interval began. */
    private long since = System.nanoTime();

    private long receivedInInterval;

    ConnectionGuard(
            ConnectionLimits limits,
            CrossOrigin crossOrigin,
            ConnectionCounts counts,
            ConnectionMemory memory,
            HeadDecoder decoder) {
        this.limits = limits;
        this.crossOrigin = crossOrigin;
        this.counts = counts;
        this.memory = memory;
        this.decoder = decoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (ignoring) {
            decoder.releaseBody();
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            if (request.decoderResult().isFailure()) {
                // The response repeats the request's version, which may be any text from the client.
                request.setProtocolVersion(HttpVersion.HTTP_1_1);
            } else {
                String problem = MalformedRequestException.problem(request);
                if (problem != null) {
                    ReferenceCountUtil.release(message);
                    channelRead(from, MalformedRequestException.request(problem));
                    ignoring = true;
                    return;
                }
            }
            decoder.holdHead();
            target = request.uri();
            origin = request.headers().get(HttpHeaderNames.ORIGIN);
            hadRequest = true;
            unanswered++;
            inBody = true;
            isChunked = HttpUtil.isTransferEncodingChunked(request);
            parts.clear();
            beginInterval();
        }
        if (message instanceof HttpContent content) {
            if (content.decoderResult().isFailure() && !(message instanceof HttpRequest)) {
                content.release();
                inBody = false;
                broken = true;
                counts.ended(EndReason.BROKEN);
                if (unanswered == 1) {
                    rejectBody(RequestException.invalid(NOT_CHUNKED));
                } else {
                    closeBroken();
                }
                return;
            }
            if (isChunked && !(message instanceof LastHttpContent)) {
                parts.add(content.content().readableBytes());
                if (parts.areTiny()) {
                    content.release();
                    decoder.releaseBody();
                    reject(EndReason.BROKEN, parts.tooTiny());
                    return;
                }
            }
            if (content.content().isReadable() && isQueued()) {
                decoder.holdBody();
            } else {
                decoder.releaseBody();
            }
            receivedInInterval += content.content().readableBytes();
            inBody = !(message instanceof LastHttpContent);
        }
        updateAutoRead();
        passOn(from, message);
        if (reading && !context.channel().config().isAutoRead()) {
            // Otherwise all parts of a read would be queued: ten thousand chunks of 64 KiB occupy more than 1 MB.
            isBodyPaused = true;
            decoder.pauseBody();
        }
    }

    private void passOn(ChannelHandlerContext from, Object message) {
        if (message instanceof HttpRequest request) {
            unended = request; // Vert.x ignores the end of a full request, which is malformed.
        } else if (message instanceof LastHttpContent) {
            unended = null;
        }
        from.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        failQueued(from);
        from.fireChannelInactive();
    }

    /** Vert.x closes the connection after any exception. */
    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        failQueued(from);
        from.fireExceptionCaught(cause);
    }

    /**
     * Ends a truncated request that is queued behind others, before the connection is closed: for a queued request
     * without an end, Vert.x throws a NullPointerException rather than notifying the response in progress. The request
     * is marked as failed, so that Vert.x does not pass it to a route.
     */
    private void failQueued(ChannelHandlerContext from) {
        if (unanswered > 1 && unended != null) {
            ignoring = true;
            unended.setDecoderResult(DecoderResult.failure(new PrematureChannelClosureException()));
            passOn(from, LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    /**
     * Returns whether Vert.x queues the body that is being received: earlier requests have no response, or the request
     * is not admitted yet. The body of an admitted request is charged to the request.
     */
    private boolean isQueued() {
        return unanswered > 1
                || (unanswered == 1 && !IncomingBodies.of(context.channel()).has(IncomingBodies.NO_STREAM));
    }

    /** Resumes decoding if auto-read begins because Vert.x has passed on the queued parts of a paused body. */
    @Override
    public void read(ChannelHandlerContext to) {
        if (isBodyPaused && context.channel().config().isAutoRead()) {
            isBodyPaused = false;
            decoder.resumeBody();
            if (!reading) {
                context.channel().config().setAutoRead(false);
                return;
            }
        }
        to.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        from.fireChannelReadComplete();
        charge();
    }

    private void charge() {
        memory.charge(decoder.heldBytes());
    }

    @Override
    public void write(ChannelHandlerContext to, Object message, ChannelPromise promise) {
        boolean isFinal = !isInterim(message);
        if (isFinal && message instanceof HttpResponse head && !(message instanceof LastHttpContent)) {
            isWithoutLength = !HttpUtil.isContentLengthSet(head) && !HttpUtil.isTransferEncodingChunked(head);
        }
        boolean endsAll = isFinal && (isWithoutLength || (ignoring && unanswered == 1));
        ChannelPromise written = endsAll || broken ? promise.unvoid() : promise;
        if (endsAll && message instanceof HttpResponse answer) {
            answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (isFinal && message instanceof LastHttpContent) {
            unanswered--;
            decoder.releaseHead();
            beginInterval();
            if (endsAll) {
                written.addListener(ChannelFutureListener.CLOSE);
            } else if (broken) {
                written.addListener(done -> closeBroken());
            }
        }
        to.write(message, written);
        updateAutoRead();
    }

    /**
     * Closes a connection with a malformed or rejected body once the requests before it are answered; Vert.x would
     * close it at once or leave it open.
     */
    private void closeBroken() {
        if (unanswered <= 1) {
            // The empty buffer is flushed after responses that are written but not flushed yet.
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Returns whether a message is an interim response such as 100 (Continue). */
    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse answer && answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        beginInterval();
        updateAutoRead();
        charge();
        from.fireChannelWritabilityChanged();
    }

    private void beginInterval() {
        since = System.nanoTime();
        receivedInInterval = 0;
    }

    /**
     * Pauses or resumes reading and decoding if the state has changed. Between changes the setting is Vert.x's, which
     * pauses reading for a paused body: it would not pause again if reading were resumed here.
     */
    private void updateAutoRead() {
        boolean read = unanswered <= MAX_PIPELINED && context.channel().isWritable();
        if (read != reading) {
            reading = read;
            context.channel().config().setAutoRead(read && !isBodyPaused);
            if (read) {
                decoder.resume();
            } else {
                decoder.pause();
            }
        }
    }

    @Override
    public void check() {
        charge();
        Duration waited = Duration.ofNanos(System.nanoTime() - since);
        if (!context.channel().isWritable()) {
            closeAfter(waited, limits.interval(), EndReason.UNREAD);
        } else if (unanswered == 0) {
            closeAfter(waited, hadRequest ? limits.idle() : limits.headersWithin(), EndReason.UNUSED);
        } else if (inBody && !(reading && context.channel().config().isAutoRead())) {
            beginInterval();
        } else if (inBody && waited.compareTo(limits.interval()) >= 0) {
            long minBytes = limits.minBodyBytes(
                    IncomingBodies.of(context.channel()).heldBytes(IncomingBodies.NO_STREAM), memory.isCrowded());
            if (receivedInInterval < minBytes) {
                reject(EndReason.SLOW, limits.tooSlow(minBytes));
            }
            beginInterval();
        }
    }

    private void closeAfter(Duration waited, Duration allowed, EndReason reason) {
        if (waited.compareTo(allowed) > 0) {
            counts.ended(reason);
            context.close();
        }
    }

    /**
     * Rejects a body with a response of its route or of this guard. If earlier requests are unanswered, or the body's
     * request has its response already, the client would take the response for that of another request: the connection
     * closes after the earlier responses instead.
     */
    private void reject(EndReason counted, RequestException reason) {
        counts.ended(counted);
        if (unanswered != 1) {
            broken = true;
            ignoring = true;
            inBody = false;
            closeBroken();
            return;
        }
        rejectBody(reason);
    }

    private void rejectBody(RequestException reason) {
        ignoring = true;
        inBody = false;
        if (IncomingBodies.of(context.channel()).abort(IncomingBodies.NO_STREAM, reason)) {
            return;
        }
        // The request is still queued, so no route answers it.
        int query = target.indexOf('?');
        ResponseFormat format = ResponseFormat.of(query < 0 ? target : target.substring(0, query));
        DefaultFullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reason.status()),
                Unpooled.wrappedBuffer(format.rejection(reason.status(), reason.getMessage())));
        HttpHeaders headers = answer.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, HttpResponses.JSON);
        format.headers(null).forEach(headers::set);
        crossOrigin.answer(origin).orElseGet(crossOrigin::answerToUnread).forEach(headers::set);
        headers.set(DateHeader.NAME, DateHeader.now())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.content().readableBytes());
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
}
