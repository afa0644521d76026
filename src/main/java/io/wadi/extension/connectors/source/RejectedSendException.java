package io.wadi.extension.connectors.source;

/** Kafka rejects one of several records on every attempt. */
final class RejectedSendException extends Exception {
    private final int index;

    RejectedSendException(int index, Exception cause) {
        super(cause.getMessage(), cause);
        this.index = index;
    }

    /** The index of the record. */
    int index() {
        return index;
    }
}
