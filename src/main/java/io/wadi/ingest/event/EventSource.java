package io.wadi.ingest.event;

/**
 * The events of one request in the order in which they stand in its body, read while the body is still coming. Whoever takes
 * events decides how fast the body is read: the source asks for more of the body only when {@link #next} has found nothing in
 * what it has, so that not calling it holds up the client.
 *
 * <p>All calls, and those of the listener, are made on the request's event loop.
 */
public interface EventSource {
    /**
     * The next event, which may be one that is not taken ({@link Event#problem}).
     *
     * @return null where there is none yet, after the last, and where reading on would take long ({@link #hasMore})
     * @throws BodyException where the rest of the body cannot be read; the source has ended then, and what it returned before
     *     stands
     */
    Event next();

    /** Whether {@link #next} has returned or thrown its last. */
    boolean ended();

    /** Whether {@link #next} has returned null only so that its caller can yield; it may be called again at once. */
    default boolean hasMore() {
        return false;
    }

    /** Calls this once after each time that {@link #next} has returned null without having ended, when it is worth asking again. */
    void onReadable(Runnable listener);
}
