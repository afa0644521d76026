package io.wadi.landing.format;

/** The format cannot hold a record: where in it, what was found there and what is allowed. */
public final class RejectedRecordException extends Exception {
    public RejectedRecordException(String reason) {
        super(reason);
    }
}
