package io.wadi.ingest.deduplication;

/**
 * The first event with an id within the window.
 *
 * @param partition the event's partition in the topic
 * @param offset the event's offset in that partition
 * @param timeMs the time at which Kafka appended the event to the inbox, in milliseconds since 1970
 * @param event the content digest of the event ({@link Digest#ofEvent})
 * @param sender a hash of the event's sender, of which the bits are kept that {@link IdLimit} distinguishes
 */
record First(int partition, long offset, long timeMs, Digest event, int sender) {
    First {
        sender = IdLimit.bits(sender);
    }
}
