package io.wadi.kafka;

import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Runs as a consumer would hand them over, without a consumer. */
public final class Runs {
    private Runs() {}

    /** A run of records of one partition, at least one; nothing is committed and nothing may be claimed. */
    public static Run of(List<ConsumerRecord<byte[], byte[]>> records) {
        return of(records, () -> PartitionProgress.NONE);
    }

    /** The same, with the group's committed offset as it is when it is asked for; -1 where there is none. */
    public static Run of(List<ConsumerRecord<byte[], byte[]>> records, LongSupplier committed) {
        ConsumerRecord<byte[], byte[]> first = records.get(0);
        return new Run(new TopicPartition(first.topic(), first.partition()), records, new Run.Claims() {
            @Override
            public PartitionSink claim(Run run, Function<Run, ? extends PartitionSink> open) {
                throw new UnsupportedOperationException("no consumer to claim " + run + " from");
            }

            @Override
            public long committedOffset(TopicPartition partition) {
                return committed.getAsLong();
            }
        });
    }
}
