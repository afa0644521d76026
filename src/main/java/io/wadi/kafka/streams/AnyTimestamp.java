package io.wadi.kafka.streams;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A timestamp extractor that returns a timestamp with which Kafka Streams can compute: 0 for records without one, for
 * which its default extractor would end the thread, and at most half of {@link Long#MAX_VALUE}, beyond which windows
 * and punctuations would overflow.
 */
public final class AnyTimestamp implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.min(Math.max(0, record.timestamp()), Long.MAX_VALUE / 2);
    }

    /** Returns records of global tables, for which Kafka Streams uses no extractor, with 0 for a missing timestamp. */
    static ConsumerRecords<byte[], byte[]> withTimestamps(ConsumerRecords<byte[], byte[]> records) {
        boolean isComplete = true;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            isComplete &= record.timestamp() >= 0;
        }
        if (isComplete) {
            return records;
        }
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> copies = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            copies.put(
                    partition,
                    records.records(partition).stream()
                            .map(AnyTimestamp::withTimestamp)
                            .toList());
        }
        return new ConsumerRecords<>(copies, records.nextOffsets());
    }

    private static ConsumerRecord<byte[], byte[]> withTimestamp(ConsumerRecord<byte[], byte[]> record) {
        return record.timestamp() >= 0
                ? record
                : new ConsumerRecord<>(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        0,
                        record.timestampType(),
                        record.serializedKeySize(),
                        record.serializedValueSize(),
                        record.key(),
                        record.value(),
                        record.headers(),
                        record.leaderEpoch(),
                        record.deliveryCount());
    }
}
