package io.wadi.metrics.prometheus;

/** Thrown for an invalid line of an exposition; the message names the text found and what is expected. */
final class InvalidSampleException extends Exception {
    InvalidSampleException(String message) {
        super(message);
    }
}
