package io.wadi.extension.connectors.source;

/** Kafka refuses one of several records, however often it is sent. */
final class RejectedSendException extends Exception {
    private final int place;

    RejectedSendException(int place, Exception cause) {
        super(cause.getMessage(), cause);
        this.place = place;
    }

    /** Its place among them. */
    int place() {
        return place;
    }
}
