package io.wadi.kafka.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterSelectionTest {
    @Test
    void location_isNormalized() {
        assertThat(DeadLetterSelection.location("0:17")).isEqualTo("0:17");
        assertThat(DeadLetterSelection.location("00:017")).isEqualTo("0:17");
    }

    @Test
    void ranges_areLimitedToTheLocations() {
        assertThat(ranges("0:17")).containsExactly("0: 17 to 18");
        assertThat(ranges("0:40", "2:5", "0:17")).containsExactly("0: 17 to 41", "2: 10 to 6");
        assertThat(ranges("1:100", "1:200")).containsExactly("1: 100 to 100");
        assertThat(ranges("1:99", "7:1")).containsExactly("1: 99 to 100");
        assertThat(ranges()).containsExactly("0: 10 to 100", "1: 10 to 100", "2: 10 to 100");
    }

    /** Returns the limited ranges of a topic with the offsets 10 to 99 in each of three partitions. */
    private static List<String> ranges(String... at) {
        Map<TopicPartition, Long> from = new HashMap<>();
        Map<TopicPartition, Long> until = new HashMap<>();
        for (int partition = 0; partition < 3; partition++) {
            from.put(new TopicPartition("a", partition), 10L);
            until.put(new TopicPartition("a", partition), 100L);
        }
        new DeadLetterSelection(null, null, null, null, null, Set.of(at)).limit(from, until);
        return from.keySet().stream()
                .map(each -> "%d: %d to %d".formatted(each.partition(), from.get(each), until.get(each)))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "17", "0:", "-1:17", "0:17:1", "9999999999:1"})
    void invalidLocation_isReported(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeadLetterSelection.location(text))
                .withMessage("\"" + text + "\", expected a dead letter such as 0:17");
    }
}
