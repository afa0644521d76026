package io.wadi.ingest.http;

import io.wadi.ingest.event.RequestException;

/**
 * A counter of the parts in which a body arrives: chunks, or DATA frames of HTTP/2. It detects bodies in so many tiny
 * parts that decoding them takes longer than decoding events of their size.
 */
final class BodyParts {
    /** The number of parts of a body after which they must have {@link #MIN_BYTES} on average. */
    static final int MAX_TINY = 10_000;
    /** Decoding a chunk takes about 0.6 µs, however few bytes it has: as long as decoding an event. */
    private static final int MIN_BYTES = 16;

    private final String name;
    private int count;
    private long bytes;

    /** Creates the parts of a body, of which none has arrived; {@code name} is the plural for messages. */
    BodyParts(String name) {
        this.name = name;
    }

    void clear() {
        count = 0;
        bytes = 0;
    }

    /** Adds a part with a number of bytes. */
    void add(int more) {
        count++;
        bytes += more;
    }

    /** Returns whether there are too many parts for their bytes. */
    boolean areTiny() {
        return count > MAX_TINY && bytes < (long) count * MIN_BYTES;
    }

    /** Returns the error for a body with such parts. */
    RequestException tooTiny() {
        return RequestException.invalid(
                "the body's first %,d %s have %,d bytes, expected at least %d each on average: send larger %s"
                        .formatted(count, name, bytes, MIN_BYTES, name));
    }
}
