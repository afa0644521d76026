package io.wadi.completeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.records.TopicReaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

final class FirstRecordsTest {
    private static final TopicPartition ABORTED = new TopicPartition("t", 0);
    private static final TopicPartition VISIBLE = new TopicPartition("t", 1);

    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("earliest");

    /** Aborted records change the position only. The timeout is longer than the start of a busy process. */
    @Test
    void find_timeoutBehindAbortedRecords_reportsWhereTheSearchEnded() {
        Map<TopicPartition, Long> searched = new HashMap<>();
        kafka.schedulePollTask(() -> {
            kafka.seek(ABORTED, 40);
            kafka.addRecord(new ConsumerRecord<>("t", 1, 7, null, null));
        });

        try (FirstRecords records = new FirstRecords(() -> TopicReaders.of(kafka), Duration.ofSeconds(2))) {
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> records.find(
                            Map.of(ABORTED, 5L, VISIBLE, 5L), Map.of(ABORTED, 90L, VISIBLE, 90L), searched::put))
                    .withMessageContaining("t-0@5")
                    .withMessageNotContaining("t-1");
        }

        assertThat(searched).isEqualTo(Map.of(ABORTED, 40L));
    }
}
