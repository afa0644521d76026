package io.wadi.completeness;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TrackedTopicTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final TrackedTopic topic = new TrackedTopic(Uuid.ONE_UUID, "landing");

    @Test
    void watermark_neverDecreases() {
        topic.proven(PARTITION, 90, 100);
        topic.proven(PARTITION, 80, 110);

        assertThat(topic.provenMs(PARTITION, 120)).isEqualTo(90);
    }

    /** As after an unclean leader election. */
    @Test
    void logThatEndedBeforeTheCommittedOffset_hasLostRecords_untilTheGroupIsReset() {
        assertThat(topic.hasLostRecords(PARTITION, 10, 12)).isFalse();
        assertThat(topic.hasLostRecords(PARTITION, 10, 7)).isTrue();
        assertThat(topic.hasLostRecords(PARTITION, 10, 15)).isTrue();
        assertThat(topic.hasLostRecords(PARTITION, 15, 15)).isTrue();

        topic.usesEarlierOffsets(true);
        assertThat(topic.hasLostRecords(PARTITION, 9, 15)).isTrue();
        topic.usesEarlierOffsets(false);
        assertThat(topic.hasLostRecords(PARTITION, 7, 15)).isFalse();
        assertThat(topic.hasLostRecords(PARTITION, 15, 15)).isFalse();
    }

    @Test
    void watermarkOfAClockThatWasAhead_isNotUsed() {
        topic.proven(PARTITION, 3_690, 3_700);
        assertThat(topic.provenMs(PARTITION, 100)).isZero();

        topic.proven(PARTITION, 90, 100);

        assertThat(topic.provenMs(PARTITION, 110)).isEqualTo(90);
    }
}
