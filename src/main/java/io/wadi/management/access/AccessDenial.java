package io.wadi.management.access;

import java.time.Duration;

/**
 * The rejection of a request.
 *
 * @param status the HTTP status
 * @param cause the tag of the metric
 * @param message the message in the response
 * @param retryAfter the delay after which the client may retry; zero if a retry would not help
 */
record AccessDenial(int status, Cause cause, String message, Duration retryAfter) {
    /** The causes, as the tag of the metric {@code wadi.management.rejections}. */
    enum Cause {
        /** Not exactly one {@code Host}. */
        HOST_HEADER,
        /** Addressed to a name that is not allowed. */
        HOST_NAME,
        /** Sent by a page of another site. */
        OTHER_SITE,
        /** Missing or wrong credentials. */
        UNAUTHORIZED,
        /** A change by a user without the role operate. */
        ROLE,
        /** A change in a session without the session's token. */
        CSRF,
        /** Too many failed logins. */
        LOGINS,
        /** Too many credentials or requests are waiting for worker threads. */
        BUSY,
        /** A malformed or too large request, or an invalid login. */
        INVALID
    }

    AccessDenial(int status, Cause cause, String message) {
        this(status, cause, message, Duration.ZERO);
    }
}
