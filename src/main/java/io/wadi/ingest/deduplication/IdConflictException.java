package io.wadi.ingest.deduplication;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.ApiException;

/** The failure of an event with the id of an earlier event that has different content. */
public final class IdConflictException extends ApiException {
    private final transient RecordMetadata first;

    IdConflictException(RecordMetadata first) {
        super("another event has this id: " + first);
        this.first = first;
    }

    /** Returns the location of the first event with the id. */
    public RecordMetadata first() {
        return first;
    }
}
