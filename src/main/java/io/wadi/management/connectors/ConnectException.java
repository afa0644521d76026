package io.wadi.management.connectors;

/** An error response in Kafka Connect's format. */
final class ConnectException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    private ConnectException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    static ConnectException badRequest(String message) {
        return new ConnectException(400, message, null);
    }

    static ConnectException notFound(String message) {
        return new ConnectException(404, message, null);
    }

    static ConnectException notAllowed(String message) {
        return new ConnectException(405, message, null);
    }

    static ConnectException unsupportedType() {
        return new ConnectException(
                415, "HTTP 415 Unsupported Media Type: expected Content-Type: application/json", null);
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
}
