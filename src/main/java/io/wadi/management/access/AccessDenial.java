package io.wadi.management.access;

import java.time.Duration;

/**
 * The rejection of a request.
 *
 * @param status the HTTP status
 * @param cause the cause, which is a tag of the metric
 * @param message the message in the response
 * @param retryAfter the delay after which the client may retry; zero if a retry would not help
 */
record AccessDenial(int status, Cause cause, String message, Duration retryAfter) {
    /** The cause of a rejection, which is a tag of the metric {@code wadi.management.rejections}. */
    enum Cause {
        /** The request has not exactly one {@code Host}. */
        HOST_HEADER,
        /** The host name of the request is not allowed. */
        HOST_NAME,
        /** A page of another site sent the request. */
        OTHER_SITE,
        /** A proxy has forwarded the request, and no users and tokens are configured. */
        FORWARDED,
        /** Credentials are missing or wrong. */
        UNAUTHORIZED,
        /** A user without the role operate requested a change. */
        ROLE,
        /** A change in a session was requested without the session's CSRF token. */
        CSRF,
        /** Too many failed logins. */
        LOGINS,
        /** Too many requests are waiting for worker threads or for the verification of credentials. */
        BUSY,
        /** The request is malformed or too large, or the login is invalid. */
        INVALID
    }

    AccessDenial(int status, Cause cause, String message) {
        this(status, cause, message, Duration.ZERO);
    }
}
