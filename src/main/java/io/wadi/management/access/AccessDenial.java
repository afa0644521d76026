package io.wadi.management.access;

import java.time.Duration;

/**
 * Why a request is not answered.
 *
 * @param status of the answer
 * @param cause as the metric names it
 * @param message for the client
 * @param retryAfter when the client may try again; zero where that would not help
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
        /** No credentials, or wrong ones. */
        UNAUTHORIZED,
        /** A role that does not allow it. */
        ROLE,
        /** A change in a session without the session's token. */
        CSRF,
        /** Too many failed logins. */
        LOGINS,
        /** Too many credentials are waiting to be verified. */
        BUSY,
        /** A request that cannot be read, is too large, or is not a login where one is expected. */
        INVALID
    }

    AccessDenial(int status, Cause cause, String message) {
        this(status, cause, message, Duration.ZERO);
    }
}
