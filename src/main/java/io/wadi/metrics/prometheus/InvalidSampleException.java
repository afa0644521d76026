package io.wadi.metrics.prometheus;

/**
 * Thrown for an invalid line of an exposition; the message names the text found and what is expected. It has no stack
 * trace, since all lines of a target may be invalid.
 */
final class InvalidSampleException extends Exception {
    InvalidSampleException(String message) {
        super(message, null, false, false);
    }
}
