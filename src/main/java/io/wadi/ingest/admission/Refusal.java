package io.wadi.ingest.admission;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A request is not taken. With a 401 belongs the header {@code WWW-Authenticate: Bearer} (RFC 9110, section 11.6.1).
 *
 * @param status the HTTP status of the answer
 * @param message why, in words that hold nothing of what was sent
 * @param retryAfter in how many seconds it may be tried again; 0 where that would not help
 */
public record Refusal(int status, String message, int retryAfter) implements Admission.Decision, Credentials.Found {
    private static final String LATE = "more is sent than can be worked on";
    private static final int SPREAD = 3;
    private static final AtomicInteger NEXT = new AtomicInteger();

    /** 401: nobody knows who is asking. */
    static Refusal unknown(String message) {
        return new Refusal(401, message, 0);
    }

    /** 429: the client's own rate is used up. */
    static Refusal tooMany(String message, int retryAfter) {
        return new Refusal(429, message, retryAfter);
    }

    /** 503: it has waited for too long to be looked at. */
    static Refusal late() {
        return unavailable(LATE);
    }

    /** Whether it is because the request has waited for too long to be looked at. */
    public boolean isForLateness() {
        return message.equals(LATE);
    }

    /** 503: try again in 1 to 3 seconds, one client sooner and another later, so that they do not come back together. */
    static Refusal unavailable(String message) {
        return new Refusal(503, message, 1 + Math.floorMod(NEXT.getAndIncrement(), SPREAD));
    }
}
