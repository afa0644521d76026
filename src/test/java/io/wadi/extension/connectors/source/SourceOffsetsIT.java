package io.wadi.extension.connectors.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
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

    /** Readers with a limit of offsets remove the oldest ones. */
    @Test
    void offsets_areInTheOrderOfTheirLastChange() throws Exception {
        TopicProbe.create("offsets.ordered", 1, Map.of("cleanup.policy", "compact"));
        for (String sourcePartition : List.of("p9", "p5", "p1", "p9")) {
            byte[] key = SourceOffsets.key("source-of-offsets.ordered", sourcePartition);
            KafkaProbe.send(new ProducerRecord<>("offsets.ordered", 0, key, "{}".getBytes(UTF_8)));
        }

        try (SourceOffsets offsets = owned("offsets.ordered")) {
            assertThat(offsets.read().keySet()).containsExactly("p5", "p1", "p9");
        }
    }
}
