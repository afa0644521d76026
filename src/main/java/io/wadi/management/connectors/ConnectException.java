package io.wadi.management.connectors;

/** A request that is answered with an error, in the form and with the code that Kafka Connect gives it. */
final class ConnectException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int CONFLICT = 409;
    private static final int FAILED = 500;

    private final int code;

    private ConnectException(int code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What is asked for is not there. */
    static ConnectException notFound(String message) {
        return new ConnectException(NOT_FOUND, message, null);
    }

    /** It cannot be done that way. */
    static ConnectException notAllowed(String message) {
        return new ConnectException(NOT_ALLOWED, message, null);
    }

    /** Something else is being done; tools for Kafka Connect ask again. */
    static ConnectException busy(String message) {
        return new ConnectException(CONFLICT, message, null);
    }

    /** It was tried, and has failed. */
    static ConnectException failed(String message, Throwable cause) {
        return new ConnectException(FAILED, message, cause);
    }

    /** Also the HTTP status. */
    int code() {
        return code;
    }
}
