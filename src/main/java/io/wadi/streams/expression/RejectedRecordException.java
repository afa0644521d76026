package io.wadi.streams.expression;

/** A record that a flow cannot process: the record or the file is at fault. Without a stack trace. */
public final class RejectedRecordException extends RuntimeException {
    public RejectedRecordException(String why) {
        super(why, null, false, false);
    }
}
