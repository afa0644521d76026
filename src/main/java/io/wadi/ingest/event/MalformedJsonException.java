package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;

/**
 * Bytes are no JSON by the {@link JsonRules}; the message is meant for the client. It has no stack trace: clients decide how
 * many of them there are, and a trace costs more than the reading of an event.
 */
public final class MalformedJsonException extends JsonParseException {
    private static final long serialVersionUID = 1;

    MalformedJsonException(String message, JsonLocation place) {
        super(null, message, place);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
