package io.wadi.ingest.deduplication;

import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The first event with an id within the window.
 *
 * @param partition the event's partition in the topic; {@link #UNLOCATED} before Kafka has stored the event
 * @param offset the event's offset in that partition; before, its index among those that are not located either
 * @param timeMs the time at which Kafka appended the event to the inbox, in milliseconds since 1970
 * @param event the content digest of the event ({@link Digest#ofEvent})
 * @param sender a hash of the event's sender, of which the bits are kept that {@link IdLimit} distinguishes
 */
record First(int partition, long offset, long timeMs, Digest event, int sender) {
    /** Topics have fewer partitions. */
    static final int UNLOCATED = Integer.MAX_VALUE;

    First {
        sender = IdLimit.bits(sender);
    }

    boolean isLocated() {
        return partition != UNLOCATED;
    }

    /** Returns this event with its location in the topic. */
    First at(RecordMetadata location) {
        return new First(location.partition(), location.offset(), timeMs, event, sender);
    }
}
