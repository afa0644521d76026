package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;

/**
 * Thrown if bytes are not JSON according to the {@link JsonRules}; the message is part of the response. It has no stack
 * trace: clients determine how often it is thrown, and a trace costs more than reading an event.
 */
public final class MalformedJsonException extends JsonParseException {
    MalformedJsonException(String message, JsonLocation location) {
        super(null, message, location);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
