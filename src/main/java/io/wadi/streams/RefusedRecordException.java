package io.wadi.streams;

/** A record that a flow can do nothing with. Without a stack trace: the record is at fault, or the file. */
final class RefusedRecordException extends RuntimeException {
    RefusedRecordException(String why) {
        super(why, null, false, false);
    }
}
