package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.RequestException;

/** A splitter of a body into events. The body arrives in pieces, which may start and end anywhere. */
interface Splitter extends AutoCloseable {
    /** Adds the next bytes, after {@link #next} has returned null. They must not change until it returns null again. */
    void push(byte[] bytes, int from, int to);

    /** Ends the body, after {@link #next} has returned null. */
    void end();

    /**
     * Returns the next event.
     *
     * @return null if more of the body is needed, or no event is left
     * @throws RequestException if the rest of the body cannot be read
     */
    Event next();

    /** Frees the memory for the body; further calls have no effect. */
    @Override
    void close();
}
