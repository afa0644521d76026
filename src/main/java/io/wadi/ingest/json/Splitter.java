package io.wadi.ingest.json;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.event.Event;

/** Finds the events of a body that comes piece by piece. Where the pieces begin and end makes no difference. */
interface Splitter extends AutoCloseable {
    /**
     * Takes the body's next bytes, from one index to before another. Only when {@link #next} has found nothing more in those
     * before; they must not change until then.
     */
    void push(byte[] bytes, int from, int to);

    /** The body has no more bytes. Only when {@link #next} has found nothing more. */
    void end();

    /**
     * The next event.
     *
     * @return null where more of the body is needed, or none is left
     * @throws BodyException where the rest of the body cannot be read
     */
    Event next();

    /** Frees what is held of the body; may be called more than once. */
    @Override
    void close();
}
