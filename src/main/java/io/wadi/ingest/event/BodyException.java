package io.wadi.ingest.event;

/**
 * The rest of a request's body cannot be read; the message says why and is meant for the client. Without a stack trace: clients
 * decide how many there are.
 */
public final class BodyException extends RuntimeException {
    private static final int INVALID = 400;
    private static final int TOO_SLOW = 408;
    private static final int TOO_LARGE = 413;
    private static final int UNSUPPORTED = 415;
    private static final int UNAVAILABLE = 503;

    private final int status;

    private BodyException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The body is not what it should be: 400. */
    public static BodyException invalid(String message) {
        return new BodyException(INVALID, message);
    }

    /** The body comes too slowly: 408. */
    public static BodyException tooSlow(String message) {
        return new BodyException(TOO_SLOW, message);
    }

    /** The body is more than is allowed: 413. */
    public static BodyException tooLarge(String message) {
        return new BodyException(TOO_LARGE, message);
    }

    /** Bodies of this type or coding are not read: 415. */
    public static BodyException unsupported(String message) {
        return new BodyException(UNSUPPORTED, message);
    }

    /** The body is not read on for now: 503. */
    public static BodyException unavailable(String message) {
        return new BodyException(UNAVAILABLE, message);
    }

    /** The HTTP status of the answer, as far as the body decides. */
    public int status() {
        return status;
    }
}
