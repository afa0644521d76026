package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RecordChunkTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final int MIB = 1 << 20;
    private static final byte[] SMALL = "{}".getBytes(UTF_8);

    private final RecordChunk chunk = new RecordChunk();

    private void add(byte[] key, byte[] header, byte[] value) {
        long offset = chunk.receipts().size();
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                0,
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                new RecordHeaders().add("h", header),
                Optional.empty());
        chunk.add(new Receipt(PARTITION, offset), record);
    }

    @Test
    void keysHeadersAndValues_countAsMemory() {
        add(new byte[MIB], SMALL, SMALL);
        add(SMALL, new byte[MIB], SMALL);
        add(SMALL, SMALL, new byte[MIB]);
        assertThat(chunk.isFull()).isFalse();

        add(new byte[MIB], SMALL, SMALL);
        assertThat(chunk.isFull()).isTrue();

        chunk.clear();
        assertThat(chunk.isFull()).isFalse();
    }
}
