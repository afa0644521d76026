package io.wadi.ingest.request;

/**
 * A rejected request; status and message are the response. It has no stack trace, since clients decide how often it is
 * thrown.
 */
public final class RequestException extends RuntimeException {
    private final int status;

    public RequestException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    public static RequestException invalid(String message) {
        return new RequestException(400, message);
    }

    /** Returns the HTTP status of the response. */
    public int status() {
        return status;
    }
}
