package io.wadi.indexing.setup;

/** Something that has to be ready before documents are sent. Thread-safe. */
public interface Readiness extends AutoCloseable {
    /** Returns why it is not ready yet; null if it is. */
    String obstacle();

    /** Returns whether it has been attempted; until then the obstacle does not count as a failure. */
    boolean isAttempted();

    /** Ends the attempts. */
    @Override
    void close();
}
