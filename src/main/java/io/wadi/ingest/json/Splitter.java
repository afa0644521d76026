package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.RequestException;

/** Splits a body that arrives in pieces into events, regardless of where pieces start and end. */
interface Splitter extends AutoCloseable {
    /** Adds the body's next bytes, once {@link #next} has returned null; they must not change until it does again. */
    void push(byte[] bytes, int from, int to);

    /** Ends the body, once {@link #next} has returned null. */
    void end();

    /**
     * Returns the next event.
     *
     * @return null if more of the body is needed, or none is left
     * @throws RequestException where the rest of the body cannot be read
     */
    Event next();

    /** Frees what is held of the body; may be called more than once. */
    @Override
    void close();
}
