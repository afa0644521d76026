package io.wadi.metrics.alerts.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InputTopicsTest {
    @Test
    void topicsOfDifferentPartitions_areNamedWithTheRemedy() {
        assertThat(mistake(Map.of("cpu", 3, "memory", 6)))
                .hasValue(
                        "wadi.alerts.topics: cpu has 3, memory has 6 partitions, allowed are as many in each, so that all"
                                + " documents of a host meet: ./wadi topics apply --grow-keyed gives a topic more of them");
    }

    @Test
    void topicsThatAreNotDeclared_areLeftToKafka() {
        assertThat(mistake(Map.of("cpu", 3))).isEmpty();
        assertThat(mistake(Map.of("cpu", 3, "memory", 3, "other", 1))).isEmpty();
    }

    private static Optional<String> mistake(Map<String, Integer> declared) {
        return InputTopics.mistake(List.of("cpu", "memory"), name -> Optional.ofNullable(declared.get(name)));
    }
}
