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
        /** Its head is not valid HTTP, or has no single {@code Host} header. */
        MALFORMED(400),
        /** Its request line exceeds the limit. */
        URI_TOO_LONG(414),
        /** Its headers exceed the limit. */
        HEADERS_TOO_LARGE(431),
        /** Its path, topic or receipt does not exist, or its path does not accept its method. */
        NOT_FOUND(404),
        /** Its key or token is missing or invalid. */
        UNAUTHORIZED(401),
        /** Its key or token does not permit this topic, or its origin is not allowed. */
        FORBIDDEN(403),
        /** Its body or another part is invalid, such as an event, a media type or an id. */
        INVALID(400),
        /** Its body arrives too slowly. */
        SLOW(408),
        /** Its body or event exceeds the limit. */
        TOO_LARGE(413),
        /** Its client exceeds its rate. */
        RATE(429),
        /** The limit of requests or bytes in flight is reached, at its beginning or while its body is read. */
        IN_FLIGHT_LIMIT(503),
        /** The event loop is overloaded and the request has waited too long, or too many tokens are to be verified. */
        OVERLOADED(503),
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
    public static Rejection soon(Reason reason, String message) {
        return new Rejection(reason, message, 1 + Math.floorMod(NEXT.getAndIncrement(), SPREAD));
    }

    /** Returns the HTTP status of the response. */
    public int status() {
        return reason.status;
    }
}
