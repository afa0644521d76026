package io.wadi.metrics.notification;

/** An Alertmanager has not taken a request. */
final class WebhookException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why not. */
    enum Cause {
        /** No connection, or one that broke. */
        UNREACHABLE,
        /** No answer in time. */
        TIMEOUT,
        /** 429: too many requests. */
        OVERLOADED,
        /** 5xx. */
        SERVER_ERROR,
        /** 400, 413, 422: the alerts are to blame. */
        REFUSED,
        /** Every other status, such as 401, 403, 404 or a redirection: somebody has to put something right. */
        NOT_SERVED
    }

    private final Cause reason;

    WebhookException(Cause reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why not. */
    Cause reason() {
        return reason;
    }

    static Cause of(int status) {
        return switch (status) {
            case 400, 413, 422 -> Cause.REFUSED;
            case 429 -> Cause.OVERLOADED;
            default -> status >= 500 ? Cause.SERVER_ERROR : Cause.NOT_SERVED;
        };
    }
}
