package io.wadi.ingest.receipts;

import org.apache.kafka.common.TopicPartition;

/** The location of a record, as in the response to its event. */
public record Receipt(TopicPartition partition, long offset) {
    @Override
    public String toString() {
        return partition + "@" + offset;
    }
}
