package io.wadi.ingest.admission;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The rejection of a request. A 401 response has the header {@code WWW-Authenticate: Bearer} (RFC 9110, section
 * 11.6.1).
 *
 * @param reason the check that failed
 * @param message the message for the client, which contains nothing of the request
 * @param retryAfter seconds after which to retry; 0 if retrying does not help
 */
public record Rejection(Reason reason, String message, int retryAfter) implements Admission.Decision {
    private static final int SPREAD = 3;
    private static final AtomicInteger NEXT = new AtomicInteger();

    /** The reasons for rejecting a request. */
    public enum Reason {
        /** Its key or token is missing or invalid. */
        NO_KEY(401),
        /** Its key or token does not permit this topic. */
        NO_RIGHT(403),
        /** Its body exceeds the limit. */
        TOO_LARGE(413),
        /** Its client exceeds its rate. */
        RATE(429),
        /** The limit of requests or bytes in flight is reached. */
        NO_ROOM(503),
        /** The event loop is overloaded and the request has waited too long. */
        LATE(503),
        /** The route is stopping or paused. */
        CLOSED(503),
        /** Verifying its token failed. */
        FAILED(500);

        private final int status;

        Reason(int status) {
            this.status = status;
        }
    }

    /** Creates a rejection after which a retry does not help. */
    public static Rejection of(Reason reason, String message) {
        return new Rejection(reason, message, 0);
    }

    /** Creates a rejection after which to retry in 1 to 3 seconds, spread so that clients do not retry at once. */
    static Rejection soon(Reason reason, String message) {
        return new Rejection(reason, message, 1 + Math.floorMod(NEXT.getAndIncrement(), SPREAD));
    }

    /** Returns the HTTP status of the response. */
    public int status() {
        return reason.status;
    }
}
