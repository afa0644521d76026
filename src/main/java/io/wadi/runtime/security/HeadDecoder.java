package io.wadi.runtime.security;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Vert.x' decoder of HTTP/1 requests with a limit on the number of headers, since a header of four bytes becomes
 * objects of about 100 bytes. If a request has more headers, its decoding fails with {@link TooLongHttpHeaderException}
 * and the message {@link #TOO_MANY} as soon as they arrive. Trailers have at most the same limit. Decoding also fails
 * for a header without a name, for the handshake of the first WebSocket draft, and with the message
 * {@link #UNSUPPORTED_CODING} for a body in a transfer coding other than {@code chunked}. If the header
 * {@code Connection} of a request contains {@code close}, the decoder removes all other options from it.
 *
 * <p>The decoder reports the bytes that it holds and can be paused between messages. Bytes that take longer to decode
 * than one turn of the event loop are decoded in later turns: a read of 64 KiB can contain ten thousand chunks. Used
 * only on the connection's event loop.
 */
public final class HeadDecoder extends VertxHttpRequestDecoder {
    /** The maximum number of headers of a request. */
    public static final int MAX_HEADERS = 100;
    /** The reason for rejecting a request with more headers. */
    public static final String TOO_MANY = "a request has at most " + MAX_HEADERS + " headers";
    /** The reason for rejecting a request with a transfer coding that is not decoded. */
    public static final String UNSUPPORTED_CODING = "unsupported Transfer-Encoding; expected chunked alone";
    /** Bytes of heap that a header's objects add to its text. */
    public static final long HEADER_BYTES = 128;
    /** Bytes of heap of a decoded request without its headers, including its entry in Vert.x' queue. */
    public static final long REQUEST_BYTES = 1 << 10;
    /** Bytes of heap that a queued part of a body adds to its bytes. */
    public static final long PART_BYTES = 128;

    /** The bytes of a too long request line in which its path is searched for: the response depends on the path. */
    private static final int MAX_PATH = 1 << 10;

    private static final Pattern PATH = Pattern.compile("\\s*\\S+ (/[^\\s?]*)(?=[\\s?])");

    /** The number of decoding steps after which the decoder checks whether its turn has ended. */
    private static final int STEPS = 32;

    /** The turn of a connection on its event loop, which limits how long it blocks other connections. */
    public interface Turn {
        /** A turn without a limit. */
        Turn ENDLESS = new Turn() {
            @Override
            public boolean mayGoOn() {
                return true;
            }

            @Override
            public void later(Runnable work) {
                throw new IllegalStateException("work was postponed although decoding is not limited");
            }
        };

        /** Returns whether more bytes may be decoded in this turn. */
        boolean mayGoOn();

        /** Runs work in the connection's next turn, before more bytes are read from the connection. */
        void later(Runnable work);
    }

    /** The bytes of the head of each request without a response, and of the queued parts of its body. */
    private final Deque<Long> heads = new ArrayDeque<>();

    private final Turn turn;

    private ChannelHandlerContext context;
    private long heldHeads;
    private int headers;
    private boolean hasConnectionHeader;
    private long consumed;
    private boolean paused;
    private boolean isBodyPaused;
    private int steps;
    private boolean isDeferred;

    private HeadDecoder(HttpServerOptions options, Turn turn) {
        super(options);
        this.turn = turn;
    }

    /** Replaces the decoder of a new connection that has not received bytes yet. */
    public static HeadDecoder replaceIn(ChannelPipeline pipeline, HttpServerOptions options, Turn turn) {
        ChannelHandlerContext vertx = pipeline.context(HttpRequestDecoder.class);
        HeadDecoder decoder = new HeadDecoder(options, turn);
        pipeline.replace(vertx.handler(), vertx.name(), decoder);
        return decoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        context = added;
        super.handlerAdded(added);
    }

    @Override
    protected void decode(ChannelHandlerContext from, ByteBuf bytes, List<Object> messages) throws Exception {
        if (!mayDecode()) {
            return;
        }
        steps++;
        if (steps % STEPS == 0 && !turn.mayGoOn()) {
            isDeferred = true;
            turn.later(this::decodeDeferred);
            return;
        }
        int begin = bytes.readerIndex();
        super.decode(from, bytes, messages);
        consumed += bytes.readerIndex() - begin;
        if (!messages.isEmpty() && messages.get(0) instanceof HttpRequest request) {
            complete(request, bytes, begin);
        }
    }

    /** Sets the path of a request line that is too long, and the header {@code Connection}. */
    private void complete(HttpRequest request, ByteBuf bytes, int begin) {
        if (request.decoderResult().cause() instanceof TooLongHttpLineException) {
            pathOf(bytes.toString(begin, Math.min(MAX_PATH, bytes.readerIndex() - begin), StandardCharsets.US_ASCII))
                    .ifPresent(request::setUri);
        } else if (hasConnectionHeader && !HttpUtil.isKeepAlive(request)) {
            // Vert.x ignores the option "close" in a list of several.
            request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** Returns the path in the beginning of a request line that is too long, if the path is shorter than this part. */
    private static Optional<String> pathOf(String line) {
        Matcher path = PATH.matcher(line);
        return path.lookingAt() ? Optional.of(path.group(1)) : Optional.empty();
    }

    private boolean mayDecode() {
        return !paused && !isBodyPaused && !isDeferred;
    }

    /**
     * Counts the steps of each read separately, so that a small request is not deferred. While bytes are held without
     * being decoded, no more are read: if no message was passed on, Netty would read from a channel without auto-read.
     */
    @Override
    public void channelReadComplete(ChannelHandlerContext from) throws Exception {
        steps = 0;
        if (mayDecode()) {
            super.channelReadComplete(from);
        } else {
            from.fireChannelReadComplete();
        }
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        headers = 0;
        hasConnectionHeader = false;
        return super.createMessage(initialLine);
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        headers++;
        if (headers > MAX_HEADERS) {
            throw new TooLongHttpHeaderException(TOO_MANY);
        }
        if (length == 0) {
            throw new IllegalArgumentException("empty header name");
        }
        AsciiString name = super.splitHeaderName(line, start, length);
        if (HttpHeaderNames.SEC_WEBSOCKET_KEY1.contentEqualsIgnoreCase(name)) {
            // Netty would read a body of eight bytes, although the request has no length.
            throw new IllegalArgumentException("unsupported header " + name);
        }
        hasConnectionHeader |= HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name);
        return name;
    }

    /** Called when the head is complete. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage head) {
        if (head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (codings.size() > 1 || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0))) {
                throw new IllegalArgumentException(UNSUPPORTED_CODING);
            }
        }
        return super.isContentAlwaysEmpty(head);
    }

    /**
     * Returns the bytes held: bytes that are not decoded, an incomplete head or trailers, and the heads and queued
     * parts of bodies of requests without a response.
     */
    public long heldBytes() {
        return actualReadableBytes() + partial() + heldHeads;
    }

    private long partial() {
        return consumed + headers * HEADER_BYTES;
    }

    /** Counts the head that was decoded last as held, until {@link #releaseHead}. */
    public void holdHead() {
        long bytes = partial() + REQUEST_BYTES;
        heads.add(bytes);
        heldHeads += bytes;
        releaseBody();
    }

    /**
     * Counts the part of a body that was decoded last as held with its head: Vert.x queues it, because earlier requests
     * have no response or the request is paused before it is admitted.
     */
    public void holdBody() {
        long bytes = consumed + PART_BYTES;
        heads.add(heads.removeLast() + bytes);
        heldHeads += bytes;
        releaseBody();
    }

    /** Releases the oldest request, after its response was written. */
    public void releaseHead() {
        Long bytes = heads.poll();
        heldHeads -= bytes == null ? 0 : bytes;
    }

    /** Releases the bytes that were decoded since the head and were passed on. */
    public void releaseBody() {
        consumed = 0;
        headers = 0;
    }

    /** Stops decoding after the current message; the following bytes are held without being decoded. */
    public void pause() {
        paused = true;
    }

    /** Resumes decoding. The bytes held are decoded in a separate task of the event loop. */
    public void resume() {
        if (paused) {
            paused = false;
            decodeHeldLater();
        }
    }

    /** Stops decoding independently of {@link #pause}, until {@link #resumeBody}. */
    public void pauseBody() {
        isBodyPaused = true;
    }

    /** Resumes decoding, as {@link #resume}. */
    public void resumeBody() {
        if (isBodyPaused) {
            isBodyPaused = false;
            decodeHeldLater();
        }
    }

    private void decodeHeldLater() {
        if (actualReadableBytes() > 0) {
            context.executor().execute(this::decodeHeld);
        }
    }

    private void decodeDeferred() {
        isDeferred = false;
        decodeHeld();
    }

    /** Decodes the bytes held, unless decoding is paused or deferred. */
    private void decodeHeld() {
        if (mayDecode()) {
            decodeHeld(this, context);
        }
    }

    /** Decodes the bytes that a decoder holds, unless its connection is closed. */
    static void decodeHeld(ChannelInboundHandler decoder, ChannelHandlerContext context) {
        if (!context.isRemoved() && context.channel().isActive()) {
            try {
                decoder.channelRead(context, Unpooled.EMPTY_BUFFER);
                decoder.channelReadComplete(context);
            } catch (Exception e) {
                context.fireExceptionCaught(e);
            }
        }
    }
}
