package io.wadi.kafka.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.partitions.PartitionStates.TopicId;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ReadTopicTest {
    private static final Uuid FORMER = new Uuid(0, 2);
    private static final Uuid RECREATED = new Uuid(0, 3);

    private final ReadTopic topic = new ReadTopic(5, 10);

    @Test
    void idThatWasReadWhenThePositionWasSet_isNotCompared() {
        assertThat(topic.isRecreated(new TopicId(FORMER, 10), 5, 11)).isFalse();

        assertThat(topic.isRecreated(new TopicId(RECREATED, 11), 5, 12)).isFalse();
        assertThat(topic.isRecreated(new TopicId(FORMER, 12), 5, 13)).isTrue();
    }

    /** The topic may have been recreated in between, so that the position is one of the new topic. */
    @Test
    void positionThatWasReadWithTheId_isNotOneOfTheFormerTopic() {
        ReadTopic unread = new ReadTopic(0, 10);
        unread.isRecreated(new TopicId(FORMER, 11), 5, 12);

        unread.isRecreated(new TopicId(FORMER, 12), 5, 13);
        assertThat(unread.isUnread()).isTrue();

        unread.isRecreated(new TopicId(FORMER, 14), 5, 15);
        assertThat(unread.isUnread()).isFalse();
    }
}
