package io.wadi.ingest.request;

/** A request is not taken; the status and the message are the answer. Without a stack trace: clients decide how many there are. */
public final class RequestException extends RuntimeException {
    private final int status;

    public RequestException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    public static RequestException invalid(String message) {
        return new RequestException(400, message);
    }

    /** The HTTP status of the answer. */
    int status() {
        return status;
    }
}
