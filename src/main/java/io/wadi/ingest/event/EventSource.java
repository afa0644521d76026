package io.wadi.ingest.event;

/**
 * The events of one request, in order, which are read while the body arrives. The consumer determines how fast the body
 * is read: the source requests more of it only if {@link #next} finds no event in the received bytes, which applies
 * backpressure to the client. All methods and the listener are called on the request's event loop.
 */
public interface EventSource {
    /**
     * Returns the next event, which may have a problem.
     *
     * @return null if no event is available yet, after the last event, or to let the caller yield ({@link #hasMore})
     * @throws RequestException if the rest of the body cannot be read; the source has then ended, and earlier events
     *     remain valid
     */
    Event next();

    /** Returns whether {@link #next} has returned the last event or thrown. */
    boolean ended();

    /**
     * Returns whether {@link #next} returned null only so that its caller can yield; it may be called again
     * immediately.
     */
    default boolean hasMore() {
        return false;
    }

    /**
     * Sets a listener. After {@link #next} has returned null before the end, the listener is called once, as soon as
     * more can be read.
     */
    void onReadable(Runnable listener);
}
