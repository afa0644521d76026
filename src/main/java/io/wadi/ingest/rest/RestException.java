package io.wadi.ingest.rest;

/**
 * A request to {@code /topics} is not taken; the error is the answer. It has no stack trace, since clients decide how often
 * it is thrown.
 */
public final class RestException extends RuntimeException {
    private final transient RestError error;

    /** Takes the answer. */
    public RestException(RestError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /** The answer. */
    public RestError error() {
        return error;
    }
}
