package io.wadi.extension.connectors.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class SourceOffsetsIT {
    private static SourceOffsets owned(String topic) {
        SourceOffsets offsets = new SourceOffsets(KafkaProbe.clients(), topic, "source-of-" + topic);
        await().atMost(Duration.ofMinutes(2)).until(() -> offsets.isOwner(Duration.ofMillis(100)));
        return offsets;
    }

    /** As a topic that another program has created, or that a renamed setting names. */
    @Test
    void topicOfWhichKafkaDeletesRecords_isRejected() throws Exception {
        TopicProbe.create("offsets.deleted", 1, Map.of("cleanup.policy", "compact,delete"));
        try (SourceOffsets offsets = owned("offsets.deleted")) {
            assertThatThrownBy(offsets::read)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageStartingWith(
                            "topic offsets.deleted of the source offsets has cleanup.policy=compact,delete, with which");
        }
    }

    @Test
    void compactedTopic_isRead() throws Exception {
        TopicProbe.create("offsets.compacted", 1, Map.of("cleanup.policy", "compact"));
        try (SourceOffsets offsets = owned("offsets.compacted")) {
            assertThat(offsets.read()).isEmpty();
        }
    }
}
