package io.wadi.metrics.alerts.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InputTopicsTest {
    @Test
    void topicsWithDifferentPartitionCounts_areReportedWithTheRemedy() {
        assertThat(declaredDifference(Map.of("cpu", 3, "memory", 6)))
                .hasValue(
                        "wadi.alerts.topics: cpu has 3, memory has 6 partitions, expected the same count in each, so that all"
                                + " documents of a host reach one task: ./wadi topics apply --grow-keyed adds partitions");
    }

    @Test
    void undeclaredTopics_areNotCompared() {
        assertThat(declaredDifference(Map.of("cpu", 3))).isEmpty();
        assertThat(declaredDifference(Map.of("cpu", 3, "memory", 3, "other", 1)))
                .isEmpty();
    }

    private static Optional<String> declaredDifference(Map<String, Integer> declared) {
        return InputTopics.declaredDifference(
                List.of("cpu", "memory"), name -> Optional.ofNullable(declared.get(name)));
    }
}
