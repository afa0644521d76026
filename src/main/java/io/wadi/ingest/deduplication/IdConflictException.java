package io.wadi.ingest.deduplication;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.ApiException;

/** The failure of an event with the id of an earlier event that has another content. */
public final class IdConflictException extends ApiException {
    private static final long serialVersionUID = 1;

    private final transient RecordMetadata first;

    IdConflictException(RecordMetadata first) {
        super("the id is that of another event, which is " + first);
        this.first = first;
    }

    /** Returns the location of the first event of the id. */
    public RecordMetadata first() {
        return first;
    }
}
