package io.wadi.completeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.completeness.Watermark.Basis;
import io.wadi.completeness.Watermark.State;
import io.wadi.kafka.targets.RecordTarget.Range;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Watermarks of topics with append times, by committed offsets, deleted records and new partitions. */
@Execution(ExecutionMode.CONCURRENT)
class CompletenessOnKafkaIT extends CompletenessTestSupport {
    @Test
    void emptyTopic_isCompleteUntilNow() throws Exception {
        TopicProbe.create(topic, 3, APPEND_TIME);
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        Watermark watermark = watermark();

        assertThat(watermark.state()).isEqualTo(State.COMPLETE);
        assertThat(watermark.basis()).isEqualTo(Basis.APPEND_TIME);
        assertThat(watermark.time()).isBetween(before, Instant.now());
    }

    /** Two of three partitions have never had a record. */
    @Test
    void missingRecords_limitTheWatermarkToTheFirstOne_despiteIdlePartitions() throws Exception {
        TopicProbe.create(topic, 3, APPEND_TIME);
        send();
        Instant second = send();
        send();

        commit(1);
        Watermark behind = watermark();
        commit(3);
        Watermark complete = watermark();

        assertThat(behind.state()).isEqualTo(State.BEHIND);
        assertThat(behind.time()).isEqualTo(second);
        assertThat(behind.firstPending()).isEqualTo(topic + "-0@1");
        assertThat(behind.lag()).isEqualTo(2);
        assertThat(complete.state()).isEqualTo(State.COMPLETE);
        assertThat(complete.lag()).isZero();
    }

    @Test
    void withoutACommittedOffset_watermarkIsTheTimeOfTheFirstRecord() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        Instant first = send();
        send();

        assertThat(watermark().time()).isEqualTo(first);
    }

    @Test
    void recordsDeletedBeforeLanding_isUnknownWithTheRanges() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        for (int i = 0; i < 10; i++) {
            send();
        }
        TopicProbe.delete(partition, 4);
        Watermark never = watermark();
        commit(2);
        Watermark behind = watermark();
        // The target records the range before it commits the offset after it.
        expired.put(partition, List.of(new Range(2, 3)));
        commit(10);
        Watermark recorded = watermark();

        assertThat(List.of(never.state(), behind.state(), recorded.state())).containsOnly(State.UNKNOWN);
        assertThat(never.expired()).isEqualTo(Map.of(partition, List.of(new Range(0, 3))));
        assertThat(behind.expired()).isEqualTo(Map.of(partition, List.of(new Range(2, 3))));
        assertThat(recorded.expired()).isEqualTo(Map.of(partition, List.of(new Range(2, 3))));
        assertThat(completeness.watermark(topic, target, true).state()).isEqualTo(State.COMPLETE);

        // An operator has accepted the expired range.
        expired.remove(partition);
        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void recordsDeletedAfterLanding_isComplete() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        send();
        send();
        commit(2);
        TopicProbe.delete(partition, 2);

        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void committedOffsetBeyondTheEndOffset_isUnknown() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        commit(5);

        Watermark watermark = watermark();

        assertThat(watermark.state()).isEqualTo(State.UNKNOWN);
        assertThat(watermark.reason()).contains("the topic was recreated or has lost records");
    }

    @Test
    void newPartition_limitsTheWatermark() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
        TopicProbe.grow(topic, 2);
        Instant first = Instant.ofEpochMilli(KafkaProbe.send(record(1)).timestamp());

        assertThat(watermark().time()).isEqualTo(first);
    }

    /** As after a reload of the route with another group and directory. */
    @Test
    void anotherGroupOfTheTarget_hasNoWatermarkOfTheFormerOne() throws Exception {
        TopicProbe.create(topic, 1, Map.of());
        send();
        commit(1);
        assertThat(watermark().time()).isNotNull();

        Watermark other =
                completeness.watermark(topic, ObservedTruth.target("landed", topic + "-other", expired), false);

        assertThat(other.state()).isEqualTo(State.BEHIND);
        assertThat(other.time()).isNull();
    }

    @Test
    void unknownTopic_isRejected() {
        assertThatIllegalArgumentException().isThrownBy(this::watermark).withMessage("There is no topic " + topic);
    }
}
