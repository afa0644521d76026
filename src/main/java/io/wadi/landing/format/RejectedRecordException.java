package io.wadi.landing.format;

/**
 * A record that the format cannot represent; the message contains the position, the value found and what is expected.
 */
public final class RejectedRecordException extends Exception {
    public RejectedRecordException(String reason) {
        super(reason);
    }
}
