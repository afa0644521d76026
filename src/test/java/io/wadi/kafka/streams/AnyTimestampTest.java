package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class AnyTimestampTest {
    private static final TopicPartition PARTITION = new TopicPartition("products", 2);

    private static ConsumerRecord<byte[], byte[]> record(long offset, long timestamp) {
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                1,
                2,
                "k".getBytes(UTF_8),
                "v1".getBytes(UTF_8),
                new RecordHeaders().add("h", "x".getBytes(UTF_8)),
                Optional.of(5));
    }

    private static ConsumerRecords<byte[], byte[]> poll(List<ConsumerRecord<byte[], byte[]>> records) {
        return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of(PARTITION, new OffsetAndMetadata(9)));
    }

    @Test
    void recordWithoutATimestamp_getsZero_andIsOtherwiseUnchanged() {
        ConsumerRecord<byte[], byte[]> without = record(7, -1);
        ConsumerRecord<byte[], byte[]> with = record(8, 1000);

        ConsumerRecords<byte[], byte[]> read = AnyTimestamp.withTimestamps(poll(List.of(without, with)));

        assertThat(read.nextOffsets()).containsOnly(Map.entry(PARTITION, new OffsetAndMetadata(9)));
        assertThat(read.records(PARTITION)).hasSize(2).last().isSameAs(with);
        assertThat(read.records(PARTITION).get(0)).satisfies(record -> {
            assertThat(record.timestamp()).isZero();
            assertThat(record)
                    .usingRecursiveComparison()
                    .ignoringFields("timestamp")
                    .isEqualTo(without);
        });
    }

    @Test
    void recordsWithTimestamps_areNotCopied() {
        ConsumerRecords<byte[], byte[]> records = poll(List.of(record(7, 0)));

        assertThat(AnyTimestamp.withTimestamps(records)).isSameAs(records);
    }
}
