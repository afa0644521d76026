package io.wadi.ingest.http;

import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * The progress of the response of an HTTP/2 stream. It detects that the client reads nothing of the response, whatever
 * it reads of other streams. Used on the connection's event loop.
 */
final class Http2ResponseProgress {
    private final Http2ConnectionEncoder encoder;
    private final Http2Stream stream;
    /** The sum of the updates of the stream's send window. */
    private long windowUpdates;
    /** The bytes of the response that were written by the beginning of the interval. */
    private long written;
    /** Whether a part of the response was queued when the interval began. */
    private boolean wasUnread;

    Http2ResponseProgress(Http2ConnectionEncoder encoder, Http2Stream stream) {
        this.encoder = encoder;
        this.stream = stream;
    }

    /** Adds an update of the stream's send window by the client. */
    void addWindowUpdate(int increment) {
        windowUpdates += increment;
    }

    /** Returns whether a part of the response waits for the client's flow-control windows or for the channel. */
    boolean isUnread() {
        return stream.state() != Http2Stream.State.CLOSED
                && encoder.flowController().hasFlowControlled(stream);
    }

    /**
     * Begins the next interval. Returns whether a part of the response was queued during the whole last one and nothing
     * of it was written.
     */
    boolean endInterval() {
        Http2RemoteFlowController responses = encoder.flowController();
        long now = responses.initialWindowSize() + windowUpdates - responses.windowSize(stream);
        boolean isUnread = isUnread();
        boolean isStuck = isUnread && wasUnread && now == written;
        wasUnread = isUnread;
        written = now;
        return isStuck;
    }
}
