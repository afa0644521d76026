package io.wadi.ingest;

/** A request is not taken; the status and the message are the answer. Without a stack trace: clients decide how many there are. */
final class IntakeException extends RuntimeException {
    private final int status;

    IntakeException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    static IntakeException invalid(String message) {
        return new IntakeException(400, message);
    }

    /** The HTTP status of the answer. */
    int status() {
        return status;
    }
}
