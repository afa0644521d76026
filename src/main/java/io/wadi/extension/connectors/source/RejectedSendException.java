package io.wadi.extension.connectors.source;

/** Kafka rejects one of several records on every attempt. */
final class RejectedSendException extends Exception {
    private final int place;

    RejectedSendException(int place, Exception cause) {
        super(cause.getMessage(), cause);
        this.place = place;
    }

    /** The index of the record. */
    int place() {
        return place;
    }
}
