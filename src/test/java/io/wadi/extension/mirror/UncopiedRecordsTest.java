package io.wadi.extension.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class UncopiedRecordsTest {
    private static final TopicPartition PARTITION = new TopicPartition("weather", 0);
    private static final long MINUTE = 60_000;
    private static final long NOW = 1_000 * MINUTE;

    private final UncopiedRecords records = new UncopiedRecords();

    private void begin(long position, long end, long nowMs) {
        records.begin(Map.of(PARTITION, position), Map.of(PARTITION, end), nowMs);
    }

    private void read(Long timestampMs, long end) {
        records.add(PARTITION, timestampMs == null ? null : new UncopiedRecords.Found(end - 2, timestampMs), end);
    }

    private Map<TopicPartition, Long> lost(long copied, long begin) {
        return records.lost(each -> copied, Map.of(PARTITION, begin));
    }

    @Test
    void recordThatIsDeletedBeforeItIsCopied_isLost_untilMirrorMakerGoesOn() {
        begin(5, 9, NOW);
        read(NOW, 9);
        assertThat(lost(5, 7)).isEmpty();
        assertThat(lost(8, 8)).as("copied in time").isEmpty();
        assertThat(lost(5, 8)).containsExactlyEntriesOf(Map.of(PARTITION, 7L));

        records.begin(Map.of(), Map.of(), NOW);
        assertThat(lost(5, 9)).containsExactlyEntriesOf(Map.of(PARTITION, 7L));
        assertThat(records.lost(each -> 5, Map.of())).as("unknown").isEmpty();
        assertThat(lost(9, 9)).isEmpty();
        assertThat(lost(5, 9)).isEmpty();
    }

    @Test
    void deletedOffsetsWithoutRecords_areNotLost() {
        begin(5, 9, NOW);
        read(null, 9);
        assertThat(lost(5, 9)).isEmpty();
    }

    @Test
    void age_isThatOfTheTimestamp_andAtLeastTheTimeSinceTheRecordWasSeen() {
        begin(5, 9, NOW);
        assertThat(records.toRead()).containsExactlyEntriesOf(Map.of(PARTITION, 5L));
        read(NOW - MINUTE, 9);
        assertThat(records.ageMs(PARTITION, NOW)).isEqualTo(MINUTE);

        begin(7, 9, NOW);
        read(NOW + 60 * MINUTE, 9);
        assertThat(records.ageMs(PARTITION, NOW)).isZero();
        begin(7, 12, NOW + 5 * MINUTE);
        assertThat(records.ageMs(PARTITION, NOW + 5 * MINUTE)).isEqualTo(5 * MINUTE);
    }

    /** Kafka returns -1 as the timestamp of a record that has none. */
    @Test
    void ageOfARecordWithoutTimestamp_isTheTimeSinceTheRecordWasSeen() {
        begin(5, 9, NOW);
        read(-1L, 9);
        assertThat(records.ageMs(PARTITION, NOW)).isNull();

        begin(5, 9, NOW + MINUTE);
        assertThat(records.ageMs(PARTITION, NOW + MINUTE)).isEqualTo(MINUTE);
    }

    @Test
    void ageWithoutTimestamp_isTheTimeSinceTheRecordWasSeen() {
        begin(5, 9, NOW);
        assertThat(records.ageMs(PARTITION, NOW)).isNull();
        begin(5, 10, NOW + MINUTE);
        assertThat(records.ageMs(PARTITION, NOW + MINUTE)).isEqualTo(MINUTE);
        begin(6, 10, NOW + 2 * MINUTE);
        assertThat(records.ageMs(PARTITION, NOW + 2 * MINUTE)).isNull();
    }

    @Test
    void timestamp_isReadOncePerPosition() {
        begin(5, 9, NOW);
        records.toRead();
        read(NOW, 9);
        begin(5, 10, NOW);
        assertThat(records.toRead()).isEmpty();
        begin(6, 10, NOW);
        assertThat(records.toRead()).containsExactlyEntriesOf(Map.of(PARTITION, 6L));
    }

    @Test
    void offsetsWithoutRecords_areNoLag_untilARecordFollows() {
        begin(5, 6, NOW);
        read(null, 6);
        assertThat(records.isBehind(PARTITION)).isFalse();
        assertThat(records.ageMs(PARTITION, NOW)).isZero();

        begin(5, 6, NOW + MINUTE);
        assertThat(records.isBehind(PARTITION)).isFalse();
        assertThat(records.toRead()).isEmpty();

        begin(5, 7, NOW + 2 * MINUTE);
        assertThat(records.isBehind(PARTITION)).isTrue();
        assertThat(records.toRead()).hasSize(1);
        begin(5, 7, NOW + 3 * MINUTE);
        assertThat(records.ageMs(PARTITION, NOW + 3 * MINUTE)).isEqualTo(MINUTE);
    }

    @Test
    void partitionThatCaughtUp_isForgotten() {
        begin(5, 9, NOW);
        records.begin(Map.of(), Map.of(), NOW + MINUTE);
        assertThat(records.isBehind(PARTITION)).isFalse();
        begin(5, 9, NOW + 2 * MINUTE);
        assertThat(records.ageMs(PARTITION, NOW + 2 * MINUTE)).isNull();
    }

    @Test
    void timestampsOfManyPartitions_areReadInTurn_alsoIfTheseMoveOrAreNotRead() {
        int partitions = 3 * UncopiedRecords.MAX_READ;
        Set<TopicPartition> read = new HashSet<>();
        for (int measurement = 0; measurement < 3; measurement++) {
            long position = measurement;
            Map<TopicPartition, Long> positions = IntStream.range(0, partitions)
                    .mapToObj(number -> new TopicPartition("weather", number))
                    .collect(Collectors.toMap(each -> each, each -> each.partition() % 2 == 0 ? position : 0));
            records.begin(
                    positions, positions.keySet().stream().collect(Collectors.toMap(each -> each, each -> 9L)), NOW);
            Set<TopicPartition> next = records.toRead().keySet();
            assertThat(next).hasSize(UncopiedRecords.MAX_READ);
            read.addAll(next);
        }
        assertThat(read).hasSize(partitions);
    }
}
