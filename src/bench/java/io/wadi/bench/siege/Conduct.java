package io.wadi.bench.siege;

/** The behavior of a hostile client after it has sent its bytes. */
enum Conduct {
    /** Reads the answer, and sends the next bytes on the same connection. */
    AGAIN,
    /** Sends the next bytes without waiting for an answer, and reads what comes. */
    REPEAT,
    /** Sends nothing more, keeps the connection open and reads what comes. */
    HOLD,
    /** Sends nothing more, keeps the connection open and reads nothing. */
    DEAF,
    /** Closes the connection. */
    DROP
}
