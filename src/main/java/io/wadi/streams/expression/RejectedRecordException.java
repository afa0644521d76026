package io.wadi.streams.expression;

/** Thrown if a flow cannot process a record, because of a fault in the record or the file. Has no stack trace. */
public final class RejectedRecordException extends RuntimeException {
    public RejectedRecordException(String why) {
        super(why, null, false, false);
    }
}
