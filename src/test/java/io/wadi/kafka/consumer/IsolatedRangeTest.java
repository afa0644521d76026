package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.Handover;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Records;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The division of the records of a poll into isolated ones and others. */
final class IsolatedRangeTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final OwnedPartition partition = new OwnedPartition(PARTITION, false);

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<ConsumerRecord<Object, Object>> records(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(offset ->
                        (ConsumerRecord<Object, Object>) (ConsumerRecord) Records.record(PARTITION, offset, "x"))
                .toList();
    }

    @Test
    void range_includesItsFirstOffset_butNotItsEnd() {
        IsolatedRange range = new IsolatedRange(6, 8);

        assertThat(LongStream.rangeClosed(5, 8).filter(range::contains)).containsExactly(6L, 7L);
        assertThat(range.countBefore(records(4, 9))).isEqualTo(2);
        assertThat(range.countBefore(records(4, 5))).isEqualTo(2);
        assertThat(range.countWithin(records(4, 9))).isZero();
        assertThat(range.countWithin(records(7, 9))).isEqualTo(1);
        assertThat(range.countWithin(records(6, 7))).isEqualTo(2);
    }

    @Test
    void isolatedRecords_areBatchesOfTheirOwn_andEachBatchBeginsAfterTheOneBefore() {
        partition.isolate(6, 8);

        List<RecordBatch> batches = new RecordBatching(Handover.BATCHES, owned -> null)
                .batch(partition, 3, records(5, 10)).stream()
                        .map(each -> (RecordBatch) each.value())
                        .toList();

        assertThat(batches).extracting(RecordBatch::from).containsExactly(3L, 6L, 7L, 8L);
        assertThat(batches).extracting(RecordBatch::lastOffset).containsExactly(5L, 6L, 7L, 10L);
    }
}
