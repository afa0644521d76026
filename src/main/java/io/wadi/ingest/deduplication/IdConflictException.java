package io.wadi.ingest.deduplication;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.ApiException;

/** The failure of an event whose id is that of an earlier event with another key or value. */
public final class IdConflictException extends ApiException {
    private static final long serialVersionUID = 1;

    private final transient RecordMetadata first;

    IdConflictException(RecordMetadata first) {
        super("the id is that of another event, which is %s@%d".formatted(first, first.offset()));
        this.first = first;
    }

    /** Returns the location of the first event of the id. */
    public RecordMetadata first() {
        return first;
    }
}
