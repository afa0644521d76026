package io.wadi.ingest.event;

import java.io.IOException;

/**
 * A value that extends beyond {@link StrictJsonParser#limitPosition}. The parser can read on. It has no stack trace.
 */
public final class ValueTooLongException extends IOException {
    ValueTooLongException() {
        super("value too long");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
