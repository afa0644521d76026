package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AlertWatchTest {
    private static final TopicPartition PARTITION = new TopicPartition("alerts", 0);

    /** Arrives once the expected number of records has arrived. */
    private Runnable late = () -> {};

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            schedulePollTask(late);
            return super.endOffsets(partitions);
        }
    };

    /** The number of a record's document is the length of its value. */
    private AlertWatch watch() {
        return new AlertWatch(consumer, List.of(PARTITION), found -> found.value().length);
    }

    private void add(long offset, int document) {
        consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, offset, null, new byte[document]));
    }

    @Test
    void duplicateAfterTheExpectedNumberOfRecords_isReported() throws Exception {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 3L));
        consumer.schedulePollTask(() -> {
            add(0, 0);
            add(1, 1);
        });
        late = () -> add(2, 1);

        try (AlertWatch watch = watch()) {
            assertThatThrownBy(() -> watch.await(2))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("2 of 2 records have arrived, and 1 unexpected or duplicate ones");
        }
    }

    @Test
    void expectedRecords_areAwaited() throws Exception {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 2L));
        consumer.schedulePollTask(() -> add(0, 0));
        consumer.schedulePollTask(() -> add(1, 1));

        try (AlertWatch watch = watch()) {
            watch.await(2);

            assertThat(watch.found()).isEqualTo(2);
        }
    }
}
