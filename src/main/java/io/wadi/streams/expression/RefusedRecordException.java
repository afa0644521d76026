package io.wadi.streams.expression;

/** A record that a flow can do nothing with. Without a stack trace: the record is at fault, or the file. */
public final class RefusedRecordException extends RuntimeException {
    public RefusedRecordException(String why) {
        super(why, null, false, false);
    }
}
