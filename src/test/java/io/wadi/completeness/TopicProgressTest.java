package io.wadi.completeness;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.completeness.PartitionProgress.Kind;
import io.wadi.completeness.PartitionProgress.Unarrived;
import io.wadi.completeness.Watermark.Basis;
import io.wadi.completeness.Watermark.State;
import io.wadi.kafka.targets.RecordTarget.Range;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The calculation of watermarks from given states of partitions. */
class TopicProgressTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Duration SKEW = Duration.ofSeconds(1);

    private static TopicPartition partition(int number) {
        return new TopicPartition("t", number);
    }

    private static Unarrived record(long offset, Instant time) {
        return new Unarrived(offset, time.toEpochMilli(), true, Kind.VISIBLE);
    }

    private static PartitionProgress progress(int number, long committed, long end, Unarrived next) {
        return new PartitionProgress(partition(number), committed, 0, end, next, List.of(), committed > end);
    }

    private static PartitionProgress deleted(long committed, long begin, Range... expired) {
        return new PartitionProgress(partition(0), committed, begin, 200, null, List.of(expired), false);
    }

    private static TopicProgress topic(PartitionProgress... partitions) {
        return new TopicProgress("t", "landed", NOW, true, List.of(partitions), null, SKEW);
    }

    private static TopicProgress observed(Instant observed, PartitionProgress... partitions) {
        return new TopicProgress("t", "landed", NOW, false, List.of(partitions), observed, SKEW);
    }

    @Test
    void caughtUp_watermarkIsTheSampleTimeMinusTheSkew() {
        Watermark watermark =
                topic(progress(0, 10, 10, null), progress(1, -1, 0, null)).watermark(false);

        assertThat(watermark.state()).isEqualTo(State.COMPLETE);
        assertThat(watermark.basis()).isEqualTo(Basis.APPEND_TIME);
        assertThat(watermark.time()).isEqualTo(NOW.minus(SKEW));
        assertThat(watermark.lag()).isZero();
        assertThat(watermark.reason()).isNull();
        assertThat(watermark.firstPending()).isNull();
    }

    /** Only markers, aborted records or compacted offsets follow the committed offset. */
    @Test
    void noVisibleRecordAfterTheCommittedOffset_isCaughtUp() {
        Watermark watermark = topic(progress(0, 7, 10, null)).watermark(false);

        assertThat(watermark.state()).isEqualTo(State.COMPLETE);
        assertThat(watermark.time()).isEqualTo(NOW.minus(SKEW));
        assertThat(watermark.lag()).isZero();
    }

    @Test
    void recordsMissing_watermarkIsTheOldestFirstRecordMinusTheSkew() {
        Watermark watermark = topic(
                        progress(0, 10, 10, null),
                        progress(1, 5, 9, record(6, NOW.minusSeconds(60))),
                        progress(2, 1, 3, record(1, NOW.minusSeconds(30))))
                .watermark(false);

        assertThat(watermark.state()).isEqualTo(State.BEHIND);
        assertThat(watermark.time()).isEqualTo(NOW.minusSeconds(61));
        assertThat(watermark.firstPending()).isEqualTo("t-1@6");
        assertThat(watermark.reason()).isEqualTo("t-1@6 is not landed yet");
        assertThat(watermark.lag()).isEqualTo(5);
        assertThat(watermark.proves(NOW.minusSeconds(61))).isTrue();
        assertThat(watermark.proves(NOW.minusSeconds(60))).isFalse();
    }

    @Test
    void openTransaction_watermarkIsTheTimeOfItsFirstRecord() {
        Watermark watermark = topic(progress(
                        0, 10, 15, new Unarrived(12, NOW.minusSeconds(20).toEpochMilli(), true, Kind.UNDECIDED)))
                .watermark(false);

        assertThat(watermark.state()).isEqualTo(State.BEHIND);
        assertThat(watermark.time()).isEqualTo(NOW.minusSeconds(21));
        assertThat(watermark.reason()).isEqualTo("a transaction is open since t-0@12");
    }

    @Test
    void unreplicatedRecordWithoutAnEarlierWatermark_noWatermark() {
        Watermark watermark = topic(progress(0, 10, 10, new Unarrived(10, SKEW.toMillis(), true, Kind.UNREPLICATED)))
                .watermark(false);

        assertThat(watermark.state()).isEqualTo(State.BEHIND);
        assertThat(watermark.time()).isNull();
        assertThat(watermark.reason()).isEqualTo("t-0@10 is not on all in-sync replicas yet");
    }

    /** The broker's clock is ahead of this process's clock. */
    @Test
    void firstRecordLaterThanTheSample_watermarkIsTheSampleTime() {
        assertThat(topic(progress(0, 1, 2, record(1, NOW.plusSeconds(5))))
                        .watermark(false)
                        .time())
                .isEqualTo(NOW.minus(SKEW));
    }

    /** A record of the backlog has a producer timestamp, from before the topic's change to append time. */
    @Test
    void recordsWithBothTimestampTypes_watermarkIsObserved() {
        Unarrived ofSender = new Unarrived(1, NOW.minusSeconds(5).toEpochMilli(), false, Kind.VISIBLE);

        Watermark watermark = topic(progress(0, 1, 2, ofSender)).watermark(false);

        assertThat(watermark.basis()).isEqualTo(Basis.OBSERVED);
        assertThat(watermark.time()).isNull();
    }

    @Test
    void producerTimestamps_watermarkIsTheNewestReachedEndOffset() {
        Watermark watermark = observed(NOW.minusSeconds(90), progress(0, 1, 2, record(1, NOW)))
                .watermark(false);

        assertThat(watermark.basis()).isEqualTo(Basis.OBSERVED);
        assertThat(watermark.state()).isEqualTo(State.BEHIND);
        assertThat(watermark.time()).isEqualTo(NOW.minusSeconds(90));
    }

    @Test
    void producerTimestamps_withoutAReachedEndOffset_noWatermark() {
        Watermark watermark = observed(null, progress(0, 1, 2, record(1, NOW))).watermark(false);

        assertThat(watermark.time()).isNull();
        assertThat(watermark.state()).isEqualTo(State.BEHIND);
        assertThat(watermark.proves(Instant.EPOCH)).isFalse();
    }

    @Test
    void recordsDeletedBeforeTheFirstCommit_isUnknownWithTheRange() {
        assertUnknown(deleted(-1, 100), new Range(0, 99));
    }

    @Test
    void recordsDeletedAfterTheCommittedOffset_isUnknownWithTheRange() {
        assertUnknown(deleted(40, 100), new Range(40, 99));
    }

    @Test
    void rangesRecordedAsExpired_isUnknownWithAllRanges() {
        assertUnknown(deleted(200, 150, new Range(10, 19), new Range(30, 30)), new Range(10, 19), new Range(30, 30));
    }

    /** A command that waits must not end with the temporary state of a group that has not committed yet. */
    @Test
    void onlyRecordsDeletedAfterTheFirstCommit_areUnknownForGood() {
        PartitionProgress other = progress(1, 3, 3, null);

        assertThat(topic(deleted(-1, 100), other).watermark(false).isLasting()).isFalse();
        assertThat(topic(progress(0, 20, 10, null), other).watermark(false).isLasting())
                .as("a committed offset beyond the end")
                .isFalse();
        assertThat(topic(deleted(40, 100), other).watermark(false).isLasting()).isTrue();
        assertThat(topic(deleted(200, 150, new Range(10, 19)), other)
                        .watermark(false)
                        .isLasting())
                .isTrue();
        assertThat(topic(deleted(40, 100), other).watermark(true).isLasting()).isFalse();
    }

    private static void assertUnknown(PartitionProgress partition, Range... ranges) {
        TopicProgress topic = topic(partition, progress(1, 3, 3, null));
        Watermark unknown = topic.watermark(false);
        Watermark accepted = topic.watermark(true);

        assertThat(unknown.state()).isEqualTo(State.UNKNOWN);
        assertThat(unknown.time()).isNull();
        assertThat(unknown.reason())
                .isEqualTo("Kafka deleted records before they were landed: the first are t-0@%d to %d"
                        .formatted(ranges[0].first(), ranges[0].last()));
        assertThat(unknown.expired()).isEqualTo(Map.of(partition(0), List.of(ranges)));
        assertThat(accepted.state()).isEqualTo(State.COMPLETE);
        assertThat(accepted.time()).isEqualTo(NOW.minus(SKEW));
        assertThat(accepted.expired()).isEqualTo(Map.of(partition(0), List.of(ranges)));
    }

    @Test
    void committedOffsetBeyondTheEndOffset_isUnknown_evenIfExpiredRecordsAreAccepted() {
        Watermark watermark = topic(progress(0, 20, 10, null)).watermark(true);

        assertThat(watermark.state()).isEqualTo(State.UNKNOWN);
        assertThat(watermark.time()).isNull();
        assertThat(watermark.firstPending()).isEqualTo("t-0@20");
        assertThat(watermark.reason()).contains("the committed offset is 20, but Kafka's log ends at 10");
    }

    @Test
    void logThatHasGrownSinceItEndedBeforeTheCommittedOffset_provesNothing() {
        PartitionProgress grown = new PartitionProgress(partition(0), 20, 0, 30, null, List.of(), true);

        Watermark watermark = topic(grown).watermark(true);

        assertThat(watermark.state()).isEqualTo(State.UNKNOWN);
        assertThat(watermark.time()).isNull();
        assertThat(watermark.reason()).contains("Kafka's log has ended before the committed offset 20");
    }

    @Test
    void withProblem_keepsTheLastWatermark() {
        Watermark watermark = topic(progress(0, 10, 10, null)).watermark(false).withProblem("Kafka is away");

        assertThat(watermark.state()).isEqualTo(State.UNKNOWN);
        assertThat(watermark.time()).isEqualTo(NOW.minus(SKEW));
        assertThat(watermark.reason()).isEqualTo("Kafka is away");
        assertThat(watermark.json().get("lag").isNull()).isTrue();
    }

    @Test
    void json_hasAllFields() {
        assertThat(topic(deleted(200, 150, new Range(10, 19)))
                        .watermark(false)
                        .json()
                        .toString())
                .isEqualTo(
                        "{\"watermark\":null,\"basis\":\"append-time\",\"state\":\"unknown\",\"reason\":\"Kafka deleted"
                                + " records before they were landed: the first are t-0@10 to 19\",\"firstPending\":null,\"lag\":0,"
                                + "\"expired\":[{\"partition\":0,\"first\":10,\"last\":19}],\"at\":\"2026-11-25T12:00:00Z\"}");
    }
}
