package io.wadi.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class PipelineMetricsTest {
    private static final Clock NOW = Clock.fixed(Instant.ofEpochMilli(1_000_000), ZoneOffset.UTC);

    @SuppressWarnings("ImmutableEnumChecker") // Meaning is an immutable record
    private enum Sample implements PartitionMetric {
        DONE(Meaning.counter("t_done", "Done")),
        FOR_SIZE(Meaning.counter("t_files", "Files").with("reason", "size")),
        FOR_AGE(Meaning.counter("t_files", "Files").with("reason", "age")),
        OFFSET(Meaning.gauge("t_offset", Fold.NONE, "Offset")),
        LAG(Meaning.gauge("t_lag", Fold.SUM, "Lag")),
        FAILING(Meaning.gauge("t_failing", Fold.MAX, "Failing")),
        AGE(Meaning.age("t_age_seconds", "Age"));

        private final Meaning meaning;

        Sample(Meaning meaning) {
            this.meaning = meaning;
        }

        @Override
        public Meaning meaning() {
            return meaning;
        }
    }

    private static PartitionMetrics partition(PipelineMetrics metrics, String topic, int number) {
        return metrics.open("landing", "g", new TopicPartition(topic, number));
    }

    private static String text(PipelineMetrics metrics) {
        Exposition out = new Exposition(false, 100);
        metrics.writeTo(out);
        return out.toString();
    }

    @Test
    void partition_isExposedWithItsValues_omittingUnknownOnes() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(2, NOW, Traces.off());
        MetricValues<Sample> values = partition(metrics, "a\"b", 1).of(Sample.class);
        values.add(Sample.DONE, 3);
        values.add(Sample.FOR_AGE, 2);
        values.set(Sample.LAG, 7);
        values.set(Sample.AGE, 998_500);

        String labels = "group=\"g\",partition=\"1\",route=\"landing\",topic=\"a\\\"b\"";
        assertThat(text(metrics)).isEqualTo("""
                # HELP t_done_total Done
                # TYPE t_done_total counter
                t_done_total{LABELS} 3
                # HELP t_files_total Files
                # TYPE t_files_total counter
                t_files_total{LABELS,reason="size"} 0
                t_files_total{LABELS,reason="age"} 2
                # HELP t_offset Offset
                # TYPE t_offset gauge
                # HELP t_lag Lag
                # TYPE t_lag gauge
                t_lag{LABELS} 7
                # HELP t_failing Failing
                # TYPE t_failing gauge
                # HELP t_age_seconds Age
                # TYPE t_age_seconds gauge
                t_age_seconds{LABELS} 1.5
                """.replace("LABELS", labels));
    }

    @Test
    void partitionsBeyondTheLimit_areAggregatedByTopicWithoutOffsets_untilBelowTheLimit() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(2, NOW, Traces.off());
        for (int number = 0; number < 3; number++) {
            MetricValues<Sample> values = partition(metrics, "t", number).of(Sample.class);
            values.add(Sample.DONE, number);
            values.set(Sample.OFFSET, 5);
            values.set(Sample.LAG, number);
            values.set(Sample.FAILING, number);
            values.set(Sample.AGE, 999_000 - number * 1000L);
        }
        PartitionMetrics last = partition(metrics, "u", 0);
        last.of(Sample.class).add(Sample.DONE, 9);

        assertThat(text(metrics).lines().filter(line -> !line.startsWith("#")))
                .contains(
                        "t_done_total{group=\"g\",route=\"landing\",topic=\"t\"} 3",
                        "t_done_total{group=\"g\",route=\"landing\",topic=\"u\"} 9",
                        "t_lag{group=\"g\",route=\"landing\",topic=\"t\"} 3",
                        "t_failing{group=\"g\",route=\"landing\",topic=\"t\"} 2",
                        "t_age_seconds{group=\"g\",route=\"landing\",topic=\"t\"} 3.0")
                .noneMatch(line -> line.contains("partition=") || line.contains("t_offset"));

        metrics.close(last);
        partition(metrics, "v", 0);
        partition(metrics, "w", 0);
        assertThat(text(metrics))
                .contains("t_done_total{group=\"g\",route=\"landing\"} 12")
                .doesNotContain("topic=");
    }

    @Test
    void counterOfSeveralPartitions_doesNotDecrease_whenSomeAreRevoked() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(2, NOW, Traces.off());
        List<PartitionMetrics> ofT = IntStream.range(0, 4)
                .mapToObj(number -> partition(metrics, "t", number))
                .toList();
        PartitionMetrics ofU = partition(metrics, "u", 0);
        ofT.forEach(each -> each.of(Sample.class).add(Sample.DONE, 5));
        ofT.forEach(each -> each.of(Sample.class).set(Sample.LAG, 1));

        metrics.close(ofT.get(0));
        assertThat(text(metrics))
                .contains(doneOf("t") + " 20\n", "t_lag{group=\"g\",route=\"landing\",topic=\"t\"} 3\n");
        PartitionMetrics again = partition(metrics, "t", 3);
        again.of(Sample.class).add(Sample.DONE, 1);
        assertThat(text(metrics)).contains(doneOf("t") + " 21\n");

        List.of(ofT.get(1), ofT.get(2), again, ofU).forEach(metrics::close);
        IntStream.range(0, 3).forEach(number -> partition(metrics, "t", number).of(Sample.class));
        assertThat(text(metrics)).contains(doneOf("t") + " 0\n");
    }

    @Test
    void counterOfARoute_doesNotDecrease_whenATopicIsRevoked() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(1, NOW, Traces.off());
        List<PartitionMetrics> all = Stream.of("t", "u", "v")
                .map(topic -> partition(metrics, topic, 0))
                .toList();
        all.forEach(each -> each.of(Sample.class).add(Sample.DONE, 5));

        metrics.close(all.get(0));

        assertThat(text(metrics)).contains("t_done_total{group=\"g\",route=\"landing\"} 15\n");
    }

    private static String doneOf(String topic) {
        return "t_done_total{group=\"g\",route=\"landing\",topic=\"" + topic + "\"}";
    }

    @Test
    void revokedPartition_isNoLongerExposed_butItsNewOwnerIs() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(2, NOW, Traces.off());
        PartitionMetrics before = partition(metrics, "t", 0);
        before.of(Sample.class).add(Sample.DONE, 1);
        PartitionMetrics now = partition(metrics, "t", 0);
        now.of(Sample.class).add(Sample.DONE, 2);

        metrics.close(before);
        assertThat(text(metrics)).contains("topic=\"t\"} 2");

        metrics.close(now);
        assertThat(text(metrics)).isEmpty();
    }

    @Test
    void byRoute_aggregatesPartitions_andOmitsValuesThatCannotBeAggregated() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(1, NOW, Traces.off());
        MetricValues<Sample> one = partition(metrics, "a", 0).of(Sample.class);
        MetricValues<Sample> two = partition(metrics, "b", 0).of(Sample.class);
        one.add(Sample.DONE, 2);
        two.add(Sample.DONE, 3);
        one.add(Sample.FOR_AGE, 1);
        one.set(Sample.OFFSET, 5);
        two.set(Sample.FAILING, 4);
        one.set(Sample.AGE, 999_000);

        assertThat(metrics.byRoute())
                .isEqualTo(Map.of(
                        "landing",
                        Map.of(
                                "t_done",
                                5L,
                                "t_files{reason=\"size\"}",
                                0L,
                                "t_files{reason=\"age\"}",
                                1L,
                                "t_failing",
                                4L,
                                "t_age_seconds",
                                1000L)));
    }

    @Test
    void disabledMetrics_exposeNothing() {
        PipelineMetrics metrics = PipelineMetrics.off();
        partition(metrics, "t", 0).of(Sample.class).add(Sample.DONE, 1);

        assertThat(metrics.isOn()).isFalse();
        assertThat(text(metrics)).isEmpty();
    }

    @Test
    void histogram_countsUpToItsBounds_inBulk() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(1, NOW, Traces.off());
        Histogram histogram = metrics.histograms("t_seconds", "Time").of("topic=\"t\"");
        histogram.record(-5, 1);
        histogram.record(1, 1);
        histogram.record(1500, 10);
        histogram.record(Long.MAX_VALUE / 1000, 1);

        assertThat(text(metrics).lines())
                .startsWith(
                        "# HELP t_seconds Time",
                        "# TYPE t_seconds histogram",
                        "t_seconds_bucket{topic=\"t\",le=\"0.001\"} 2")
                .contains(
                        "t_seconds_bucket{topic=\"t\",le=\"1.0\"} 2",
                        "t_seconds_bucket{topic=\"t\",le=\"2.0\"} 12",
                        "t_seconds_bucket{topic=\"t\",le=\"3600.0\"} 12",
                        "t_seconds_bucket{topic=\"t\",le=\"+Inf\"} 13",
                        "t_seconds_count{topic=\"t\"} 13");
    }

    @Test
    void histogramsBeyondTheLimit_areMerged() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(2, NOW, Traces.off());
        Histograms histograms = metrics.histograms("t_seconds", "Time");
        IntStream.range(0, 5)
                .forEach(number ->
                        histograms.of(Exposition.labels("topic", "t" + number)).record(10, 1));

        assertThat(text(metrics).lines().filter(line -> line.startsWith("t_seconds_count")))
                .containsExactlyInAnyOrder(
                        "t_seconds_count{topic=\"t0\"} 1", "t_seconds_count{topic=\"t1\"} 1", "t_seconds_count 3");
    }
}
