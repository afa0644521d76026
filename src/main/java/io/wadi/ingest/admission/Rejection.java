package io.wadi.ingest.admission;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A request is not taken. With a 401 belongs the header {@code WWW-Authenticate: Bearer} (RFC 9110, section 11.6.1).
 *
 * @param reason which of all reasons it is
 * @param message why, in words that hold nothing of what was sent
 * @param retryAfter in how many seconds it may be tried again; 0 where that would not help
 */
public record Rejection(Reason reason, String message, int retryAfter) implements Admission.Decision {
    private static final int SPREAD = 3;
    private static final AtomicInteger NEXT = new AtomicInteger();

    /** Why requests are not taken. */
    public enum Reason {
        /** Nobody knows its key or token, or it has none. */
        NO_KEY(401),
        /** Its key or token is not for this topic. */
        NO_RIGHT(403),
        /** Its body is longer than it may be. */
        TOO_LARGE(413),
        /** Its client sends more than it may. */
        RATE(429),
        /** As much is being worked on as may be. */
        NO_ROOM(503),
        /** More comes than can be worked on, and it has waited for too long. */
        LATE(503),
        /** Wadi takes nothing now. */
        CLOSED(503),
        /** It could not be looked at. */
        FAILED(500);

        private final int status;

        Reason(int status) {
            this.status = status;
        }
    }

    /** It would be refused again. */
    public static Rejection of(Reason reason, String message) {
        return new Rejection(reason, message, 0);
    }

    /** It may be tried again in 1 to 3 seconds, by one client sooner and by another later, so that they do not come back together. */
    static Rejection soon(Reason reason, String message) {
        return new Rejection(reason, message, 1 + Math.floorMod(NEXT.getAndIncrement(), SPREAD));
    }

    /** The HTTP status of the answer. */
    public int status() {
        return reason.status;
    }
}
