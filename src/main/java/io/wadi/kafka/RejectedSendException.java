package io.wadi.kafka;

import org.apache.kafka.common.KafkaException;

/** A record that Kafka will never accept, such as one that is too large. */
public final class RejectedSendException extends KafkaException {
    private static final long serialVersionUID = 1;

    private final int index;

    /** Takes the record's index among those sent together. */
    public RejectedSendException(int index, Throwable cause) {
        super("Kafka rejects record %d of those sent together: %s".formatted(index, Causes.inShort(cause)), cause);
        this.index = index;
    }

    /** Returns the record's index among those sent together. */
    public int index() {
        return index;
    }
}
