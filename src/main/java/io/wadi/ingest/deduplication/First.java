package io.wadi.ingest.deduplication;

/**
 * The first event of an id.
 *
 * @param partition its partition of the topic
 * @param offset its offset there
 * @param timeMs when Kafka appended it to the inbox, in milliseconds since 1970
 * @param event the digest of its key and value
 * @param sender a hash of its sender
 */
record First(int partition, long offset, long timeMs, Digest event, int sender) {}
