package io.wadi.ingest.event;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;

/** JSON exceeds a limit of the {@link JsonRules}; the message is meant for the client. Without a stack trace, as {@link MalformedJsonException}. */
public final class JsonLimitException extends StreamConstraintsException {
    private static final long serialVersionUID = 1;

    JsonLimitException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
