package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.wadi.testing.Heap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LagTimelineTest {
    private static final long BEGIN = 1_700_000_000_000L;

    private final LagTimeline timeline = new LagTimeline();

    @Test
    void rates_coverTheLastMinute() {
        for (int sample = 0; sample <= 12; sample++) {
            // The rate decreases; samples older than a minute do not count.
            long end = sample <= 6 ? sample * 1_000L : 6_000 + (sample - 6) * 100L;
            timeline.add(report(BEGIN + sample * 10_000L, "landing", end / 2, end));
        }

        assertThat(timeline.rateOfGroup("landing")).hasValue(5.0);
        assertThat(timeline.rateOfTopic("orders")).hasValue(10.0);
    }

    @Test
    void oneSample_hasNoRate() {
        timeline.add(report(BEGIN, "landing", 5, 10));

        assertThat(timeline.rateOfGroup("landing")).isEmpty();
        assertThat(timeline.rateOfTopic("orders")).isEmpty();
    }

    @Test
    void offsetsThatGoBack_haveNoRate() {
        timeline.add(report(BEGIN, "landing", 50, 100));
        timeline.add(report(BEGIN + 10_000, "landing", 5, 10));

        assertThat(timeline.rateOfGroup("landing")).isEmpty();
        assertThat(timeline.rateOfTopic("orders")).isEmpty();
    }

    @Test
    void clockThatIsSetBack_restartsTheRates() {
        timeline.add(report(BEGIN + 3_600_000, "landing", 0, 0));
        timeline.add(report(BEGIN + 3_610_000, "landing", 50, 100));
        timeline.add(report(BEGIN, "landing", 100, 200));
        timeline.add(report(BEGIN + 10_000, "landing", 200, 400));

        assertThat(timeline.rateOfGroup("landing")).hasValue(10.0);
        assertThat(timeline.rateOfTopic("orders")).hasValue(20.0);
    }

    @Test
    void topicWithAnUnavailablePartition_hasNoEndOffset() {
        LagReport report = new LagReport(
                BEGIN, List.of(), Map.of("orders", 2), Map.of(new TopicPartition("orders", 0), 5L), "", "");

        assertThat(LagTimeline.ends(report)).isEmpty();
    }

    @Test
    void history_hasNullsForMissingSamples_andNoDeletedGroups() {
        timeline.add(report(BEGIN, "old", 0, 7));
        timeline.add(report(BEGIN + 10_000, "new", 0, 9));

        assertThat(timeline.json())
                .hasToString("{\"times\":[%d,%d],\"groups\":{\"new\":[null,9]}}".formatted(BEGIN, BEGIN + 10_000));

        for (int sample = 2; sample < LagTimeline.MAX_SAMPLES + 2; sample++) {
            timeline.add(report(BEGIN + sample * 10_000L, "new", 0, sample));
        }
        assertThat(timeline.json().path("times")).hasSize(LagTimeline.MAX_SAMPLES);
        assertThat(timeline.json().path("groups").path("new"))
                .hasSize(LagTimeline.MAX_SAMPLES)
                .startsWith(LongNode.valueOf(2))
                .endsWith(LongNode.valueOf(LagTimeline.MAX_SAMPLES + 1));
    }

    @Test
    void groupWithUnknownOffsets_hasNoLag() {
        timeline.add(new LagReport(
                BEGIN,
                List.of(new GroupLag("secret", "Classic", "Stable", 1, List.of(), 0, false, "")),
                Map.of(),
                Map.of(),
                "",
                ""));

        assertThat(timeline.json().at("/groups/secret")).containsExactly(NullNode.instance);
    }

    @Test
    void ratesWithFrequentSamples_coverTheLastMinute() {
        for (int sample = 0; sample <= 600; sample++) {
            timeline.add(report(BEGIN + sample * 200L, "landing", sample <= 300 ? 0 : sample - 300, sample));
        }

        assertThat(timeline.rateOfGroup("landing")).hasValue(5.0);
        assertThat(timeline.rateOfTopic("orders")).hasValue(5.0);
    }

    @Test
    void groups_takeFourKilobytesEach() {
        int groups = 1000;
        assertThat(timelineOf(groups).json().path("groups")).hasSize(LagTimeline.MAX_GROUPS);

        assertThat(Heap.retained(() -> timelineOf(groups))).isBetween(groups * 1_000L, groups * 5_000L);
    }

    private static LagTimeline timelineOf(int groups) {
        LagTimeline timeline = new LagTimeline();
        for (int sample = 0; sample < LagTimeline.MAX_SAMPLES + 10; sample++) {
            List<GroupLag> all = new ArrayList<>();
            for (int group = 0; group < groups; group++) {
                all.add(group("group-" + group, sample, sample + group));
            }
            timeline.add(new LagReport(BEGIN + sample * 10_000L, all, Map.of(), Map.of(), "", ""));
        }
        return timeline;
    }

    @Test
    void history_containsTheGroupsWithTheLargestLag() {
        Map<String, Long> lags = new TreeMap<>();
        for (int group = 0; group < LagTimeline.MAX_GROUPS + 3; group++) {
            lags.put("group-%03d".formatted(group), (long) group);
        }
        timeline.add(new LagReport(
                BEGIN,
                lags.entrySet().stream()
                        .map(each -> group(each.getKey(), 0, each.getValue()))
                        .toList(),
                Map.of("orders", 1),
                Map.of(),
                "",
                ""));

        assertThat(timeline.json().path("groups")).hasSize(LagTimeline.MAX_GROUPS);
        assertThat(timeline.json().path("groups").has("group-002")).isFalse();
        assertThat(timeline.json().path("groups").has("group-003")).isTrue();
    }

    private static LagReport report(long timeMs, String group, long committed, long end) {
        return new LagReport(
                timeMs,
                List.of(group(group, committed, end)),
                Map.of("orders", 1),
                Map.of(new TopicPartition("orders", 0), end),
                "",
                "");
    }

    private static GroupLag group(String group, long committed, long end) {
        PartitionLag partition = new PartitionLag(
                new TopicPartition("orders", 0),
                LagStatus.OK,
                committed,
                end,
                end - committed,
                0,
                true,
                List.of(),
                "",
                "",
                "");
        return new GroupLag(group, "Classic", "Stable", 1, List.of(partition), 0, true, "");
    }
}
