package io.wadi.metrics.notification;

/** A failed request to Alertmanager. */
final class WebhookException extends Exception {
    enum Cause {
        /** The connection could not be opened, or it failed. */
        UNREACHABLE,
        /** No response arrived within the timeout. */
        TIMEOUT,
        /** 429: too many requests. */
        OVERLOADED,
        /** 5xx. */
        SERVER_ERROR,
        /** 400, 413, 422: the alerts are invalid. */
        REJECTED,
        /** Any other status, such as 401, 403, 404 or a redirect: a configuration error. */
        NOT_SERVED
    }

    private final Cause reason;

    WebhookException(Cause reason, String message) {
        super(message);
        this.reason = reason;
    }

    Cause reason() {
        return reason;
    }

    static Cause of(int status) {
        return switch (status) {
            case 400, 413, 422 -> Cause.REJECTED;
            case 429 -> Cause.OVERLOADED;
            default -> status >= 500 ? Cause.SERVER_ERROR : Cause.NOT_SERVED;
        };
    }
}
