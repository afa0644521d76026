package io.wadi.ingest.rest;

/**
 * Thrown to reject a request to {@code /topics}; the error is the response. It has no stack trace, since clients
 * determine how often it is thrown.
 */
public final class RestException extends RuntimeException {
    private final transient RestError error;

    public RestException(RestError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    public RestError error() {
        return error;
    }
}
