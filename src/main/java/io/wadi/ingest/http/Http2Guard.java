package io.wadi.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.wadi.ingest.http.ConnectionCounts.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps one HTTP/2 connection within its limits. It is closed if its client keeps it open without requests or does not read its
 * responses; a request whose body comes too slowly is refused, which does not affect the others. Floods of frames are limited by
 * Netty's codec and by {@link ScheduledReadAllocator}.
 */
final class Http2Guard implements Connections.Guard {
    /** What is taken of waiting answers in a stretch by a client that reads. */
    private static final long READ = 32 * 1024;

    private final ConnectionGuard.Limits limits;
    private final ConnectionCounts counts;
    private final ConnectionMemory footprint;
    private final Http2ConnectionHandler http2;
    private final ChannelHandlerContext context;
    private final Http2Connection connection;
    private final Http2Connection.PropertyKey bodies;
    private boolean used;
    /** When it last began to be without a request. */
    private long unusedSince = System.nanoTime();

    private long stretchSince = System.nanoTime();
    /** Whether an answer waited for its client when the stretch began. */
    private boolean wasWaiting;
    /** What its client allowed to send in the stretch, and when it began. */
    private long allowed;

    private boolean ended;

    private Http2Guard(
            ConnectionGuard.Limits limits,
            ConnectionCounts counts,
            ConnectionMemory footprint,
            ChannelHandlerContext context) {
        this.limits = limits;
        this.counts = counts;
        this.footprint = footprint;
        this.context = context;
        http2 = (Http2ConnectionHandler) context.handler();
        connection = http2.connection();
        bodies = connection.newKey();
        allowed = window();
    }

    /** A request's body. */
    private static final class Body {
        /** Whether it was there when the stretch began. */
        private boolean older;

        private long receivedInStretch;
    }

    /** Guards a connection from now on. */
    static Http2Guard of(
            ConnectionGuard.Limits limits,
            ConnectionCounts counts,
            ConnectionMemory footprint,
            ChannelHandlerContext context) {
        Http2Guard guard = new Http2Guard(limits, counts, footprint, context);
        context.pipeline().addBefore(context.name(), "wadi-guard", guard.new Reads());
        guard.http2
                .decoder()
                .frameListener(guard.new Frames(guard.http2.decoder().frameListener()));
        guard.connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                guard.unusedSince = System.nanoTime();
            }

            @Override
            public void onGoAwaySent(int lastStream, long error, ByteBuf words) {
                if (error == Http2Error.ENHANCE_YOUR_CALM.code()) {
                    guard.end(Why.FLOOD);
                }
            }
        });
        return guard;
    }

    /** Charges what is held after each read. */
    private final class Reads extends ChannelInboundHandlerAdapter {
        @Override
        public void channelReadComplete(ChannelHandlerContext from) {
            from.fireChannelReadComplete();
            charge();
        }
    }

    /** Sees what the client sends, on its way to Vert.x. */
    private final class Frames extends Http2FrameListenerDecorator {
        Frames(Http2FrameListener next) {
            super(next);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext from, int stream, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            used = true;
            super.onHeadersRead(from, stream, headers, padding, end);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext from,
                int stream,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            used = true;
            super.onHeadersRead(from, stream, headers, dependency, weight, exclusive, padding, end);
        }

        @Override
        public int onDataRead(ChannelHandlerContext from, int stream, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            body(connection.stream(stream)).receivedInStretch += data.readableBytes();
            return super.onDataRead(from, stream, data, padding, end);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext from, int stream, int increment) throws Http2Exception {
            if (stream == connection.connectionStream().id()) {
                allowed += increment;
            }
            super.onWindowUpdateRead(from, stream, increment);
        }
    }

    private Body body(Http2Stream stream) {
        Body body = stream.getProperty(bodies);
        if (body == null) {
            body = new Body();
            stream.setProperty(bodies, body);
        }
        return body;
    }

    /** What its client lets be sent now. */
    private int window() {
        return http2.encoder().flowController().windowSize(connection.connectionStream());
    }

    /** Charges the bodies that wait to be read, and the answers that wait for the client. */
    private void charge() {
        footprint.charge(http2.decoder().flowController().unconsumedBytes(connection.connectionStream()));
    }

    @Override
    public void check() {
        charge();
        if (connection.numActiveStreams() == 0
                && hasPassed(used ? limits.idle() : limits.headersWithin(), unusedSince)) {
            end(Why.UNUSED);
            // With a GOAWAY; what waits for its client is closed by the end of the stretch.
            context.channel().close();
        }
        if (hasPassed(limits.stretch(), stretchSince)) {
            endStretch();
        }
    }

    /** Counts it, once. */
    private void end(Why why) {
        if (!ended) {
            ended = true;
            counts.ended(why);
        }
    }

    private static boolean hasPassed(Duration time, long since) {
        return System.nanoTime() - since > time.toNanos();
    }

    private void endStretch() {
        boolean isWaiting = !context.channel().isWritable();
        Http2RemoteFlowController answers = http2.encoder().flowController();
        for (Http2Stream stream : streams()) {
            isWaiting |= answers.hasFlowControlled(stream);
            if (stream.state().remoteSideOpen() && isLate(stream)) {
                counts.ended(Why.SLOW);
                end(stream);
            }
        }
        if (isWaiting && wasWaiting && allowed - window() < READ) {
            end(Why.UNREAD);
            context.close();
        }
        wasWaiting = isWaiting;
        allowed = window();
        stretchSince = System.nanoTime();
    }

    private List<Http2Stream> streams() {
        List<Http2Stream> streams = new ArrayList<>(connection.numActiveStreams());
        try {
            connection.forEachActiveStream(streams::add);
        } catch (Http2Exception e) {
            throw new IllegalStateException("Adding to a list has failed", e);
        }
        return streams;
    }

    /**
     * Whether a body was open for all of the stretch, and either its request has been answered, or it has not come fast enough, though
     * its client was free to send it.
     */
    private boolean isLate(Http2Stream stream) {
        Http2LocalFlowController received = http2.decoder().flowController();
        Body body = body(stream);
        boolean isSlow = body.receivedInStretch < least(stream)
                && received.unconsumedBytes(stream) == 0
                && received.windowSize(connection.connectionStream()) > 0;
        boolean isLate = body.older && (isSlow || !stream.state().localSideOpen());
        body.older = true;
        body.receivedInStretch = 0;
        return isLate;
    }

    private long least(Http2Stream stream) {
        return limits.bodyBytesPerStretch(
                IncomingBodies.of(context.channel()).held(stream.id()), footprint.isCrowded());
    }

    /** With an answer, where it has none: its route's, which says what stands, or one of its own. */
    private void end(Http2Stream stream) {
        if (IncomingBodies.of(context.channel()).cut(stream.id(), limits.tooSlow(least(stream)))) {
            return;
        }
        if (!stream.isHeadersSent()) {
            http2.encoder()
                    .writeHeaders(
                            context,
                            stream.id(),
                            new DefaultHttp2Headers().status(HttpResponseStatus.REQUEST_TIMEOUT.codeAsText()),
                            0,
                            true,
                            context.newPromise());
        }
        http2.resetStream(context, stream.id(), Http2Error.NO_ERROR.code(), context.newPromise());
        context.flush();
    }
}
