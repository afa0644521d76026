package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

final class SchemaHistoryIT {
    private static List<String> describeBoth(String before, String after) {
        return List.of(before + " was, " + after + " is");
    }

    private static SchemaHistory history(String topic) {
        return new SchemaHistory(KafkaProbe.clients(), topic);
    }

    @Test
    void change_isReportedOncePerChangedSchema() throws Exception {
        String topic = "history-of-changes";
        TopicProbe.create(topic, 2, Map.of("cleanup.policy", "compact"));

        assertThat(history(topic).change(Map.of("a", "1", "b", "1"), SchemaHistoryIT::describeBoth))
                .isEmpty();
        assertThat(history(topic).change(Map.of("a", "1", "b", "2"), SchemaHistoryIT::describeBoth))
                .containsExactly("topic b: 1 was, 2 is");
        assertThat(history(topic).change(Map.of("b", "2"), SchemaHistoryIT::describeBoth))
                .isEmpty();
        assertThat(history(topic).change(Map.of("a", "ä", "b", "2"), SchemaHistoryIT::describeBoth))
                .containsExactly("topic a: 1 was, ä is");
        assertThat(history(topic).change(Map.of("a", "ä"), SchemaHistoryIT::describeBoth))
                .isEmpty();
        assertThat(KafkaProbe.readAll(topic))
                .as("written where something changed")
                .hasSize(4);
    }

    @Test
    void change_failedComparison_isRepeated() throws Exception {
        String topic = "history-of-failures";
        TopicProbe.create(topic, 1, Map.of("cleanup.policy", "compact"));
        history(topic).change(Map.of("a", "1"), SchemaHistoryIT::describeBoth);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> history(topic).change(Map.of("a", "2"), (before, after) -> {
                    throw new IllegalStateException(before + after);
                }))
                .withMessage("12");
        assertThat(history(topic).change(Map.of("a", "2"), SchemaHistoryIT::describeBoth))
                .containsExactly("topic a: 1 was, 2 is");
    }

    @Test
    void change_missingTopic_throws() {
        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> history("history-of-nobody").change(Map.of("a", "1"), SchemaHistoryIT::describeBoth))
                .withMessage("There is no topic history-of-nobody");
    }
}
