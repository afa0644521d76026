package io.wadi.ingest.event;

/**
 * The events of one request, in order, read while the body arrives. The consumer determines how fast the body is read: the
 * source requests more of the body only when {@link #next} finds no event in the bytes received, which applies backpressure
 * to the client. All calls, and those of the listener, are made on the request's event loop.
 */
public interface EventSource {
    /**
     * Returns the next event, which may have a problem.
     *
     * @return null if no event is available yet, after the last one, or to yield ({@link #hasMore})
     * @throws RequestException if the rest of the body cannot be read; the source has ended then, and earlier events remain valid
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
     * Sets the listener that is called once after {@link #next} returned null before the end, as soon as there is more
     * to read.
     */
    void onReadable(Runnable listener);
}
