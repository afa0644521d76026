package io.wadi.ingest.deduplication;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * An event that bypasses the inbox: this process accepted it while it owned the event's partition of the inbox, and a
 * transaction was in progress there. Then either {@link #answered} or {@link #returned} is called.
 *
 * @param record the record for the topic
 * @param content the digest of the event's content
 * @param bytes the approximate memory of the event
 * @param timeMs the time at which the event was accepted, by the clock of this process, in milliseconds since 1970
 */
record DirectEvent(
        ProducerRecord<Object, Object> record,
        Digest id,
        Digest content,
        int sender,
        long bytes,
        long timeMs,
        Origin origin)
        implements InboxEvent {

    /** The place from which the event came. */
    interface Origin {
        /** Receives the committed answer. */
        void answered(DirectEvent event, Answer answer);

        /** Sends the event to the inbox: it was not processed, or the outcome of its transaction is unknown. */
        void returned(DirectEvent event);
    }

    @Override
    public int partition() {
        return record.partition() == null ? -1 : record.partition();
    }

    /** Returns the record for the topic. If it has no timestamp, the producer sets the current time. */
    @Override
    public ProducerRecord<Object, Object> forward() {
        return record;
    }

    void answered(Answer answer) {
        origin.answered(this, answer);
    }

    void returned() {
        origin.returned(this);
    }
}
