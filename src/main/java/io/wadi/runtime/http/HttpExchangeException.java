package io.wadi.runtime.http;

import java.io.IOException;

/** Thrown for a request without a complete response; the message starts with a verb, or with the class of the cause. */
public final class HttpExchangeException extends IOException {
    private final boolean isTimeout;

    HttpExchangeException(String message, boolean isTimeout, Throwable cause) {
        super(message, cause);
        this.isTimeout = isTimeout;
    }

    public boolean isTimeout() {
        return isTimeout;
    }
}
