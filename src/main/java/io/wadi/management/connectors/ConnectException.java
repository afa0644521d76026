package io.wadi.management.connectors;

/** An error response in Kafka Connect's format. */
final class ConnectException extends Exception {
    private final int status;
    private final String allowed;

    private ConnectException(int status, String message, Throwable cause) {
        this(status, message, cause, null);
    }

    private ConnectException(int status, String message, Throwable cause, String allowed) {
        super(message, cause);
        this.status = status;
        this.allowed = allowed;
    }

    static ConnectException badRequest(String message) {
        return new ConnectException(400, message, null);
    }

    static ConnectException notFound(String message) {
        return new ConnectException(404, message, null);
    }

    /** Returns an error for a request with another method than these, separated by commas; empty if none is allowed. */
    static ConnectException notAllowed(String message, String allowed) {
        return new ConnectException(405, message, null, allowed);
    }

    static ConnectException unsupportedType() {
        return new ConnectException(
                415,
                "HTTP 415 Unsupported Media Type: expected Content-Type: application/json, without Content-Encoding",
                null);
    }

    /** Returns an error for a request that Kafka Connect's clients retry, such as during another change. */
    static ConnectException busy(String message) {
        return new ConnectException(409, message, null);
    }

    static ConnectException failed(String message, Throwable cause) {
        return new ConnectException(500, message, cause);
    }

    /** Returns the HTTP status, which is also the error code. */
    int status() {
        return status;
    }

    /** Returns the value of the header {@code Allow}; null without this header. */
    String allowed() {
        return allowed;
    }
}
