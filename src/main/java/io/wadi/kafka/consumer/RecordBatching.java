package io.wadi.kafka.consumer;

import io.wadi.kafka.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes of a poll's records what an exchange gets: see {@link Handover}. For one thread. */
final class RecordBatching {
    private final Handover handover;
    private final Function<OwnedPartition, RecordBatch.Claims> claims;

    /** Takes what a run may ask of the consumer. */
    RecordBatching(Handover handover, Function<OwnedPartition, RecordBatch.Claims> claims) {
        this.handover = handover;
        this.claims = claims;
    }

    /**
     * The records of one partition as they are delivered: in runs, the ones that are retried in isolation are alone.
     *
     * @param from where reading began: Kafka has no other records from here on
     */
    List<ConsumerRecord<Object, Object>> pack(
            OwnedPartition partition, long from, List<ConsumerRecord<Object, Object>> records) {
        if (handover == Handover.RECORDS) {
            return records;
        }
        List<ConsumerRecord<Object, Object>> runs = new ArrayList<>();
        int first = 0;
        long runFrom = from;
        while (first < records.size()) {
            int count = partition.sink() == null
                    ? partition.together(records.subList(first, records.size()))
                    : records.size();
            ConsumerRecord<Object, Object> run = run(partition, runFrom, records.subList(first, first + count));
            runs.add(run);
            runFrom = run.offset() + 1;
            first += count;
        }
        return runs;
    }

    private ConsumerRecord<Object, Object> run(
            OwnedPartition partition, long from, List<ConsumerRecord<Object, Object>> records) {
        ConsumerRecord<Object, Object> last = records.get(records.size() - 1);
        RecordBatch run = new RecordBatch(partition.partition(), ofRun(records), from, claims.apply(partition));
        return new ConsumerRecord<>(last.topic(), last.partition(), last.offset(), null, run);
    }

    /** Keys are byte arrays and values of runs are buffers: the client factory sets the deserializers. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<ConsumerRecord<byte[], ByteBuffer>> ofRun(List<ConsumerRecord<Object, Object>> records) {
        return (List) records;
    }
}
