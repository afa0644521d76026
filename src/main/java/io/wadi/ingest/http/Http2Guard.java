package io.wadi.ingest.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
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
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.http.ConnectionCounts.EndReason;
import io.wadi.runtime.security.HeadDecoder;
import io.wadi.runtime.security.Http2FrameGroups;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A guard that enforces the limits of one HTTP/2 connection. It closes the connection if it is idle or its client reads
 * no responses. It rejects a request with a body that is too slow or in too many tiny frames, and resets the stream of
 * a single response that is not read; other streams are not affected. Netty's codec, {@link Http2FrameGroups} and {@link
 * ScheduledReadAllocator} limit floods of frames.
 */
final class Http2Guard implements Connections.Guard {
    private static final AttributeKey<Http2Guard> KEY = AttributeKey.valueOf(Http2Guard.class.getName());

    /** Minimum bytes of queued responses that a client must read in an interval. */
    private static final long READ = 32 * 1024;

    private final ConnectionLimits limits;
    private final ConnectionCounts counts;
    private final ConnectionMemory memory;
    private final Http2ConnectionHandler http2;
    private final ChannelHandlerContext context;
    private final Http2Connection connection;
    /** Null for a connection without TLS. */
    private final Http2FrameGroups groups;

    private final Http2Connection.PropertyKey states;
    private boolean hadRequest;
    /** The bytes of the headers of open streams. */
    private long heldHeads;
    /** The number of queued DATA frames. */
    private long heldFrames;

    private long idleSince = System.nanoTime();

    private long intervalStart = System.nanoTime();
    /** Whether a response was queued when the interval began. */
    private boolean wasWaiting;
    /** The send window at the start of the interval plus its updates. */
    private long allowed;

    private boolean ended;

    private Http2Guard(
            ConnectionLimits limits, ConnectionCounts counts, ConnectionMemory memory, ChannelHandlerContext context) {
        this.limits = limits;
        this.counts = counts;
        this.memory = memory;
        this.context = context;
        http2 = (Http2ConnectionHandler) context.handler();
        connection = http2.connection();
        groups = context.pipeline().get(Http2FrameGroups.class);
        states = connection.newKey();
        allowed = window();
    }

    /** The state of a stream's request and response. */
    final class StreamState {
        private final Http2Stream stream;
        private long headBytes;
        /** Whether the body was open when the interval began. */
        private boolean older;

        private long receivedInInterval;
        private final BodyParts parts = new BodyParts("DATA frames");
        /** Whether the body was rejected: its route responds once the events before have an outcome. */
        private boolean isRejected;
        /** Whether further frames of the body are discarded, since they were too tiny. */
        private boolean isDiscarded;

        private final QueuedFrames queued = new QueuedFrames();
        /** The part of {@link #heldFrames} that is of this stream. */
        private int frames;

        private final Http2ResponseProgress response;

        private Runnable closed = () -> {};

        private StreamState(Http2Stream stream) {
            this.stream = stream;
            this.response = new Http2ResponseProgress(http2.encoder(), stream);
        }

        /** Runs a task when the stream is closed: the response is written or canceled, and the request has ended. */
        void onClosed(Runnable task) {
            closed = task;
        }

        /** Cancels the response, even if Vert.x considers it as ended. */
        void reset() {
            http2.resetStream(context, stream.id(), Http2Error.ENHANCE_YOUR_CALM.code(), context.newPromise());
            context.flush();
        }
    }

    /** Returns the open stream of an HTTP/2 request if a part of its response is not written yet; null otherwise. */
    static StreamState unread(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            return null;
        }
        Http2Guard guard =
                ((ConnectionBase) request.connection()).channel().attr(KEY).get();
        Http2Stream stream = guard == null ? null : guard.connection.stream(request.streamId());
        StreamState state = stream == null ? null : guard.state(stream);
        if (state == null || stream.state() == Http2Stream.State.CLOSED) {
            return null;
        }
        return state.response.isUnread() || !request.response().ended() ? state : null;
    }

    /** Installs the guard of a connection. */
    static Http2Guard of(
            ConnectionLimits limits, ConnectionCounts counts, ConnectionMemory memory, ChannelHandlerContext context) {
        Http2Guard guard = new Http2Guard(limits, counts, memory, context);
        context.channel().attr(KEY).set(guard);
        context.pipeline().addBefore(context.name(), "wadi-guard", guard.new Reads());
        guard.http2
                .decoder()
                .frameListener(guard.new Frames(guard.http2.decoder().frameListener()));
        guard.connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                guard.idleSince = System.nanoTime();
                StreamState state = guard.state(stream);
                guard.heldHeads -= state.headBytes;
                guard.holdFrames(state, 0);
                state.closed.run();
            }

            @Override
            public void onGoAwaySent(int lastStream, long error, ByteBuf words) {
                if (error == Http2Error.ENHANCE_YOUR_CALM.code()) {
                    guard.end(EndReason.FLOOD);
                }
            }
        });
        return guard;
    }

    /** A handler that charges the connection's memory after each read. */
    private final class Reads extends ChannelInboundHandlerAdapter {
        @Override
        public void channelReadComplete(ChannelHandlerContext from) {
            from.fireChannelReadComplete();
            charge();
        }
    }

    /** A listener that observes the client's frames before Vert.x. */
    private final class Frames extends Http2FrameListenerDecorator {
        Frames(Http2FrameListener next) {
            super(next);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext from, int stream, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            hold(stream, headers);
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
            hold(stream, headers);
            super.onHeadersRead(from, stream, headers, dependency, weight, exclusive, padding, end);
        }

        @Override
        public int onDataRead(ChannelHandlerContext from, int stream, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            StreamState state = state(connection.stream(stream));
            if (!end) { // The last frame is often empty.
                checkSize(state, data.readableBytes());
            }
            if (state.isDiscarded) {
                return data.readableBytes() + padding;
            }
            state.receivedInInterval += data.readableBytes();
            state.queued.add(data.readableBytes());
            int consumed = super.onDataRead(from, stream, data, padding, end);
            // Vert.x returns the bytes of the padding, which Netty counts as consumed after this method.
            holdFrames(state, state.queued.retain(unconsumedBytes(state) - consumed));
            return consumed;
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext from, int stream, int increment) throws Http2Exception {
            if (stream == connection.connectionStream().id()) {
                allowed += increment;
            } else {
                state(connection.stream(stream)).response.addWindowUpdate(increment);
            }
            super.onWindowUpdateRead(from, stream, increment);
        }
    }

    /**
     * Charges headers to the connection until their stream ends.
     *
     * @throws Http2Exception resets the stream: Vert.x would close the connection because of an invalid method
     */
    private void hold(int stream, Http2Headers headers) throws Http2Exception {
        CharSequence method = headers.method(); // null for trailers
        if (method != null && HttpHeaderValidationUtil.validateToken(method) >= 0) {
            throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "invalid method");
        }
        hadRequest = true;
        long bytes = HeadDecoder.REQUEST_BYTES;
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            bytes += header.getKey().length() + header.getValue().length() + HeadDecoder.HEADER_BYTES;
        }
        state(connection.stream(stream)).headBytes += bytes;
        heldHeads += bytes;
    }

    /**
     * Counts the frames of a stream that are queued, or consumed after the end of the request: frames of one byte
     * occupy a hundred times their length.
     */
    private void holdFrames(StreamState state) {
        holdFrames(state, state.queued.retain(unconsumedBytes(state)));
    }

    private int unconsumedBytes(StreamState state) {
        return http2.decoder().flowController().unconsumedBytes(state.stream);
    }

    private void holdFrames(StreamState state, int frames) {
        heldFrames += frames - state.frames;
        state.frames = frames;
    }

    private StreamState state(Http2Stream stream) {
        StreamState state = stream.getProperty(states);
        if (state == null) {
            state = new StreamState(stream);
            stream.setProperty(states, state);
        }
        return state;
    }

    /** Returns the connection's send window. */
    private int window() {
        return http2.encoder().flowController().windowSize(connection.connectionStream());
    }

    /**
     * Charges headers, unread bodies, frames of later turns and the channel's buffer; queued responses are charged to
     * their requests.
     */
    private void charge() {
        memory.charge(heldHeads
                + (groups == null ? 0 : groups.heldBytes())
                + http2.decoder().flowController().unconsumedBytes(connection.connectionStream())
                + heldFrames * HeadDecoder.PART_BYTES);
    }

    @Override
    public void check() {
        if (heldFrames > 0) {
            streams().forEach(stream -> holdFrames(state(stream)));
        }
        charge();
        if (connection.numActiveStreams() == 0
                && hasPassed(hadRequest ? limits.idle() : limits.headersWithin(), idleSince)) {
            end(EndReason.UNUSED);
            // Sends GOAWAY; queued responses end with the interval.
            context.channel().close();
        }
        if (hasPassed(limits.interval(), intervalStart)) {
            endInterval();
        }
    }

    /** Counts the end of the connection, once. */
    private void end(EndReason reason) {
        if (!ended) {
            ended = true;
            counts.ended(reason);
        }
    }

    private static boolean hasPassed(Duration time, long since) {
        return System.nanoTime() - since > time.toNanos();
    }

    private void endInterval() {
        boolean isWaiting = !context.channel().isWritable();
        List<StreamState> stuck = new ArrayList<>();
        for (Http2Stream stream : streams()) {
            StreamState state = state(stream);
            isWaiting |= state.response.isUnread();
            boolean isStuck = state.response.endInterval();
            if (stream.state().remoteSideOpen() && isLate(stream)) {
                counts.ended(EndReason.SLOW);
                reject(state, limits.tooSlow(minBytes(stream)));
            } else if (isStuck) {
                stuck.add(state);
            }
        }
        if (isWaiting && wasWaiting && allowed - window() < READ) {
            end(EndReason.UNREAD);
            context.close();
        } else {
            stuck.forEach(state -> {
                counts.ended(EndReason.UNREAD);
                state.reset();
            });
        }
        wasWaiting = isWaiting;
        allowed = window();
        intervalStart = System.nanoTime();
    }

    private List<Http2Stream> streams() {
        List<Http2Stream> streams = new ArrayList<>(connection.numActiveStreams());
        try {
            connection.forEachActiveStream(streams::add);
        } catch (Http2Exception e) {
            throw new IllegalStateException("Failed to list the active streams", e);
        }
        return streams;
    }

    /**
     * Returns whether a body was open during the whole interval, and either its request is answered or the body arrived
     * too slowly although its flow-control window was open. A rejected body only waits for its response.
     */
    private boolean isLate(Http2Stream stream) {
        Http2LocalFlowController received = http2.decoder().flowController();
        StreamState state = state(stream);
        boolean isSlow = !state.isRejected
                && state.receivedInInterval < minBytes(stream)
                && received.unconsumedBytes(stream) == 0
                && received.windowSize(connection.connectionStream()) > 0;
        boolean isLate = state.older && (isSlow || !stream.state().localSideOpen());
        state.older = true;
        state.receivedInInterval = 0;
        return isLate;
    }

    private long minBytes(Http2Stream stream) {
        return limits.minBodyBytes(IncomingBodies.of(context.channel()).heldBytes(stream.id()), memory.isCrowded());
    }

    /** Rejects a body in tiny frames, and resets its stream if more of them arrive after the response. */
    private void checkSize(StreamState state, int bytes) {
        if (state.isDiscarded) {
            if (!state.stream.state().localSideOpen()) {
                reset(state.stream);
            }
            return;
        }
        state.parts.add(bytes);
        if (state.parts.areTiny()) {
            state.isDiscarded = true;
            counts.ended(EndReason.BROKEN);
            reject(state, state.parts.tooTiny());
        }
    }

    /** Rejects a body with a response of its route, or with the status alone if no route handles the request yet. */
    private void reject(StreamState state, RequestException reason) {
        Http2Stream stream = state.stream;
        boolean isOpen = stream.state().localSideOpen();
        if (isOpen && (state.isRejected || IncomingBodies.of(context.channel()).abort(stream.id(), reason))) {
            state.isRejected = true;
            return;
        }
        if (!stream.isHeadersSent()) {
            http2.encoder()
                    .writeHeaders(
                            context,
                            stream.id(),
                            new DefaultHttp2Headers().status(Integer.toString(reason.status())),
                            0,
                            true,
                            context.newPromise());
        }
        reset(stream);
    }

    private void reset(Http2Stream stream) {
        http2.resetStream(context, stream.id(), Http2Error.NO_ERROR.code(), context.newPromise());
        context.flush();
    }
}
