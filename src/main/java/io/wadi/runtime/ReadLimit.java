package io.wadi.runtime;

import java.util.Optional;
import java.util.function.Supplier;

/** Limits the requests to the management port that read topics or tables, and the memory of each. Thread-safe. */
public interface ReadLimit {
    /**
     * Runs a reader and returns its result; empty if too many other requests are reading and none of them ends within
     * some seconds.
     */
    <T> Optional<T> tryRead(Supplier<T> reader);

    /** Returns the maximum number of characters of records in a response. */
    int characters();
}
