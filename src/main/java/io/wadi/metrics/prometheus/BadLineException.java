package io.wadi.metrics.prometheus;

/** A line of an exposition is no sample; the message says what was found and what is allowed. */
final class BadLineException extends Exception {
    private static final long serialVersionUID = 1;

    BadLineException(String message) {
        super(message);
    }
}
