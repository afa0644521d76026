package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.records.TopicReaders;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** A dead-letter topic that responds late; DeadLetterIndexIT reads one of real Kafka. */
class DeadLetterIndexTest {
    private static final TopicPartition PARTITION = new TopicPartition("dead", 0);
    private static final DeadLetterEndOffsets.Found ENDS = ends(11);

    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("earliest");

    @Test
    void searchWithoutArrivedRecords_doesNotChangeWhatIsMissing() {
        long now = System.currentTimeMillis();
        Duration day = Duration.ofDays(1);
        long weekAgo = now - 7 * day.toMillis();
        kafka.updateBeginningOffsets(Map.of(PARTITION, 10L));
        try (DeadLetterIndex index = new DeadLetterIndex(() -> TopicReaders.of(kafka), 100, 1 << 20, day)) {
            index.readTo(ENDS, Duration.ofMillis(1));
            assertThat(index.isBehind()).isTrue();
            index.readTo(DeadLetterEndOffsets.Found.NONE, Duration.ofMillis(1));
            kafka.schedulePollTask(() -> kafka.addRecord(deadLetter(weekAgo)));

            index.readTo(ENDS, Duration.ofMinutes(2));

            assertThat(index.isBehind()).isFalse();
            assertThat(index.isCompleteSince(now - 2 * day.toMillis())).isTrue();
            assertThat(index.isCompleteSince(weekAgo)).isFalse();
        }
    }

    /** Otherwise its first dead letters would be skipped, and rejected records reported as processed. */
    @Test
    void topicThatIsCreatedAgain_isReadFromItsBeginning() {
        kafka.updateBeginningOffsets(Map.of(PARTITION, 10L));
        try (DeadLetterIndex index =
                new DeadLetterIndex(() -> TopicReaders.of(kafka), 100, 1 << 20, Duration.ofDays(1))) {
            index.readTo(ENDS, Duration.ZERO);
            kafka.addRecord(deadLetter(System.currentTimeMillis()));
            index.readTo(ENDS, Duration.ofMinutes(2));
            assertThat(kafka.position(PARTITION)).isEqualTo(11);
            kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));

            index.readTo(ends(20), Duration.ZERO);

            assertThat(kafka.position(PARTITION)).isZero();
            assertThat(index.isBehind()).isTrue();
        }
    }

    /** Otherwise records with dead letters in the former topic that were never read would be reported as processed. */
    @Test
    void topicThatIsCreatedAgain_makesTheIndexIncompleteUpToTheTimeOfTheRead() {
        long now = System.currentTimeMillis();
        Duration day = Duration.ofDays(1);
        kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));
        try (DeadLetterIndex index = new DeadLetterIndex(() -> TopicReaders.of(kafka), 100, 1 << 20, day)) {
            index.readTo(ends(0), Duration.ZERO);
            assertThat(index.isCompleteSince(now)).isTrue();

            index.readTo(ends(0), Duration.ZERO);

            assertThat(index.isBehind()).isFalse();
            assertThat(index.isCompleteSince(now + day.toMillis())).isFalse();
            assertThat(index.isCompleteSince(now + 3 * day.toMillis())).isTrue();
        }
    }

    private static DeadLetterEndOffsets.Found ends(long end) {
        return new DeadLetterEndOffsets.Found(Uuid.randomUuid(), Map.of(PARTITION, end), true);
    }

    private static ConsumerRecord<byte[], byte[]> deadLetter(long timeMs) {
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                10,
                timeMs,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                null,
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
    }
}
