package io.wadi.landing.format;

/** The format cannot hold a record: where in it, what was found there and what is allowed. */
public final class RefusedRecordException extends Exception {
    public RefusedRecordException(String reason) {
        super(reason);
    }
}
