package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.records.TopicReaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** A partition with an unreachable leader; RecordLookupIT tests partitions of real Kafka. */
class RecordLookupTest {
    private static final TopicPartition LOST = new TopicPartition("t", 0);
    private static final TopicPartition OTHER = new TopicPartition("t", 1);
    private static final Duration WITHIN = Duration.ofMinutes(2);

    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("earliest") {
        @Override
        public synchronized long position(TopicPartition partition) {
            if (partition.equals(LOST)) {
                throw new TimeoutException("the position is not validated");
            }
            return super.position(partition);
        }
    };

    @Test
    void partitionWithoutAPosition_failsOnlyItsOwnReads() {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (RecordLookup lookup = new RecordLookup(() -> TopicReaders.byOffset(kafka))) {
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> lookup.read(Set.of(new Receipt(LOST, 3)), WITHIN, read::add));
            kafka.schedulePollTask(
                    () -> kafka.addRecord(new ConsumerRecord<>(OTHER.topic(), OTHER.partition(), 7, null, null)));

            assertThat(lookup.read(Set.of(new Receipt(OTHER, 7)), WITHIN, read::add))
                    .isEmpty();
        }

        assertThat(read).extracting(ConsumerRecord::offset).containsExactly(7L);
    }
}
