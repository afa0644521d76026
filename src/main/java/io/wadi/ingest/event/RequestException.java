package io.wadi.ingest.event;

/**
 * Thrown if the rest of a request's body cannot be read; status and message are the response. It has no stack trace, since
 * clients determine how often it is thrown.
 */
public final class BodyException extends RuntimeException {
    private final int status;

    private BodyException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** 400: the body is invalid. */
    public static BodyException invalid(String message) {
        return new BodyException(400, message);
    }

    /** 408: the body arrives too slowly. */
    public static BodyException tooSlow(String message) {
        return new BodyException(408, message);
    }

    /** 413: the body exceeds a limit. */
    public static BodyException tooLarge(String message) {
        return new BodyException(413, message);
    }

    /** 415: the media type or content coding is not supported. */
    public static BodyException unsupported(String message) {
        return new BodyException(415, message);
    }

    /** 503: the body cannot be read at the moment. */
    public static BodyException unavailable(String message) {
        return new BodyException(503, message);
    }

    public int status() {
        return status;
    }
}
