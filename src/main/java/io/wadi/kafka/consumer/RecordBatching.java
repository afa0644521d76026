package io.wadi.kafka.consumer;

import io.wadi.kafka.Handover;
import io.wadi.kafka.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A converter of the records of a poll to the form of the {@link Handover}. Not thread-safe. */
record RecordBatching(Handover handover, Function<OwnedPartition, RecordBatch.ConsumerOperations> operations) {
    /**
     * Returns the records or batches of one partition to deliver. Records retried in isolation get batches of their
     * own.
     *
     * @param from the offset from which on {@code records} has all records in Kafka
     */
    List<ConsumerRecord<Object, Object>> batch(
            OwnedPartition partition, long from, List<ConsumerRecord<Object, Object>> records) {
        if (handover == Handover.RECORDS) {
            return records;
        }
        List<ConsumerRecord<Object, Object>> batches = new ArrayList<>();
        int first = 0;
        long batchFrom = from;
        while (first < records.size()) {
            int count = partition.sink() == null
                    ? partition.nextBatchSize(records.subList(first, records.size()))
                    : records.size();
            ConsumerRecord<Object, Object> batch = toBatch(partition, batchFrom, records.subList(first, first + count));
            batches.add(batch);
            batchFrom = batch.offset() + 1;
            first += count;
        }
        return batches;
    }

    private ConsumerRecord<Object, Object> toBatch(
            OwnedPartition partition, long from, List<ConsumerRecord<Object, Object>> records) {
        ConsumerRecord<Object, Object> last = records.get(records.size() - 1);
        RecordBatch batch = new RecordBatch(partition.partition(), typed(records), from, operations.apply(partition));
        return new ConsumerRecord<>(last.topic(), last.partition(), last.offset(), null, batch);
    }

    /** The client factory sets deserializers that return byte arrays for keys and buffers for values of batches. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<ConsumerRecord<byte[], ByteBuffer>> typed(List<ConsumerRecord<Object, Object>> records) {
        return (List) records;
    }
}
