package io.wadi.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A poll that fails; the reader is tested on real Kafka by TopicReaderIT. */
class TopicReaderTest {
    private static final TopicPartition ONE = new TopicPartition("t", 0);
    private static final TopicPartition OTHER = new TopicPartition("t", 1);

    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("earliest");

    /** Assigning the same partitions again keeps them paused. */
    @Test
    void firsts_afterAFailure_noPartitionIsPaused() {
        kafka.schedulePollTask(
                () -> kafka.addRecord(new ConsumerRecord<>(ONE.topic(), ONE.partition(), 7, null, null)));
        kafka.schedulePollTask(() -> {
            assertThat(kafka.paused()).containsExactly(ONE);
            kafka.setPollException(new KafkaException("planned"));
        });

        try (TopicReader reader = TopicReaders.of(kafka)) {
            assertThatExceptionOfType(KafkaException.class)
                    .isThrownBy(() -> reader.firsts(
                            Map.of(ONE, 7L, OTHER, 7L), Map.of(ONE, 8L, OTHER, 8L), Duration.ofMinutes(2)))
                    .withMessage("planned");

            assertThat(kafka.paused()).isEmpty();
        }
    }
}
