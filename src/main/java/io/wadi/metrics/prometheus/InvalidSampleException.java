package io.wadi.metrics.prometheus;

/** A line of an exposition is no sample; the message says what was found and what is allowed. */
final class InvalidSampleException extends Exception {
    private static final long serialVersionUID = 1;

    InvalidSampleException(String message) {
        super(message);
    }
}
