package io.wadi.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleGroupsTest {
    private final SampleGroups groups = new SampleGroups();
    private int comparisons;

    /** Labels that count comparisons with others. */
    @SuppressWarnings("serial")
    private final class CountedLabels extends TreeMap<String, String> {
        private CountedLabels(String name, String value) {
            put(name, value);
        }

        @Override
        public boolean equals(Object other) {
            comparisons++;
            return super.equals(other);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }

    private static Sample sample(String name, Map<String, String> labels) {
        return new Sample(name, labels, 1, null, 1);
    }

    /** Returns texts with the same hash code, composed of "Aa" and "BB", which have equal hash codes. */
    private static List<String> colliding(int bits) {
        return IntStream.range(0, 1 << bits)
                .mapToObj(number -> IntStream.range(0, bits)
                        .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
                        .collect(Collectors.joining()))
                .toList();
    }

    @Test
    void labelsWithTheSameHashCode_needFewComparisons() throws ScrapeException {
        List<String> values = colliding(10);
        assertThat(values.stream().map(String::hashCode).distinct()).hasSize(1);

        for (String value : values) {
            groups.sample(sample("a", new CountedLabels("b", value)));
        }

        assertThat(groups.groups()).hasSize(values.size());
        assertThat(comparisons).isLessThanOrEqualTo(20 * values.size());
        assertThat(SampleGroups.key(sample("a", Map.of("b", values.get(0))))).isInstanceOf(Comparable.class);
    }

    @Test
    void keysOfDifferentLabelsOrTimes_differ() {
        List<Sample> different = List.of(
                sample("a", Map.of()),
                sample("a", Map.of("b", "c")),
                sample("a", Map.of("bc", "")),
                sample("a", Map.of("b", "1:c")),
                sample("a", new TreeMap<>(Map.of("b", "c", "d", "e"))),
                sample("a", Map.of("b", "c1:d1:e")),
                new Sample("a", Map.of(), 1, 0L, 1),
                new Sample("a", Map.of(), 1, 1L, 1),
                new Sample("a", Map.of("b", "c"), 1, 1L, 1));
        Set<Object> keys = new HashSet<>();

        different.forEach(sample -> keys.add(SampleGroups.key(sample)));

        assertThat(keys).hasSameSizeAs(different);
    }

    @Test
    void repeatedNameOfAnEarlierDocument_isRejected() throws ScrapeException {
        int names = 2 * SampleGroups.METRICS_IN_A_DOCUMENT + 1;
        for (int i = 0; i < names; i++) {
            groups.sample(sample("m" + i, Map.of()));
        }

        for (int again : List.of(0, SampleGroups.METRICS_IN_A_DOCUMENT, names - 1)) {
            groups.sample(sample("m" + again, Map.of()));
        }

        assertThat(groups.groups()).hasSize(3);
        assertThat(groups.samples()).isEqualTo(names);
        assertThat(groups.refusedLines()).isEqualTo(3);
        assertThat(groups.firstRefusal())
                .isEqualTo("line 1: found m0 a second time with the same labels, expected once");
    }

    @Test
    void samplesBeyondTheLimit_failTheScrape() throws ScrapeException {
        for (int i = 0; i < SampleGroups.MAX_SAMPLES; i++) {
            groups.sample(new Sample("m" + i, Map.of(), i % 2 == 0 ? i : Double.NaN, null, i));
        }

        assertThatThrownBy(() -> groups.sample(sample("more", Map.of())))
                .isInstanceOf(ScrapeException.class)
                .hasMessage("sent more than 50000 samples");
    }
}
