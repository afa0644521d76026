package io.wadi.ingest.event;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;

/** Thrown if JSON exceeds a limit. It has no stack trace, like {@link MalformedJsonException}. */
public final class JsonLimitException extends StreamConstraintsException {
    JsonLimitException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
