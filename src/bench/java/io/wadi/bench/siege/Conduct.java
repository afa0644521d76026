package io.wadi.bench.siege;

/** The behavior of a hostile client after it has sent its bytes. */
enum Conduct {
    /** Reads the response, then sends the next bytes on the same connection. */
    AGAIN,
    /** Sends the next bytes without waiting for a response, and reads all that arrives. */
    REPEAT,
    /** Sends nothing more, keeps the connection open and reads all that arrives. */
    HOLD,
    /** Sends nothing more, keeps the connection open and reads nothing. */
    DEAF,
    /** Closes the connection. */
    DROP
}
