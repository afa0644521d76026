package io.wadi.ingest.event;

/**
 * Thrown to reject a request, or the rest of its body; status and message are the response. It has no stack trace,
 * since clients determine how often it is thrown.
 */
public final class RequestException extends RuntimeException {
    private final int status;

    public RequestException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** 400: the request or its body is invalid. */
    public static RequestException invalid(String message) {
        return new RequestException(400, message);
    }

    /** 408: the body arrives too slowly. */
    public static RequestException tooSlow(String message) {
        return new RequestException(408, message);
    }

    /** 413: the body exceeds a limit. */
    public static RequestException tooLarge(String message) {
        return new RequestException(413, message);
    }

    /** 415: the media type or content coding is not supported. */
    public static RequestException unsupported(String message) {
        return new RequestException(415, message);
    }

    /** 503: the body cannot be read at the moment. */
    public static RequestException unavailable(String message) {
        return new RequestException(503, message);
    }

    /** Returns the HTTP status of the response. */
    public int status() {
        return status;
    }
}
