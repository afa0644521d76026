package io.wadi.bench;

import io.wadi.runtime.telemetry.ExposedRegistry;
import io.wadi.runtime.telemetry.Exposition;
import io.wadi.runtime.telemetry.MetricValues;
import io.wadi.runtime.telemetry.PartitionMetric;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.Traces;
import java.time.Clock;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** Measures the duration of a scrape of 200 topics with 50 partitions each: by topic, as shipped, and by partition. */
final class ScrapeBench {
    private static final int TOPICS = 200;
    private static final int PARTITIONS = 50;
    private static final int SCRAPES = 50;

    private ScrapeBench() {}

    /** As many metrics of a partition as landing has. */
    @SuppressWarnings("ImmutableEnumChecker") // a meaning is a record of texts
    private enum Sample implements PartitionMetric {
        A,
        B,
        C,
        D,
        E,
        F,
        G,
        H,
        I,
        J,
        K,
        L,
        M,
        N,
        O,
        P,
        Q,
        R,
        S,
        T,
        U;

        private final Meaning meaning =
                Meaning.counter("bench_" + name().toLowerCase(Locale.ROOT), "One of the figures of a partition");

        @Override
        public Meaning meaning() {
            return meaning;
        }
    }

    /** Measures and prints; the first scrapes are not counted. */
    static void run() {
        System.out.printf(
                Locale.ROOT,
                "%d topics, %d partitions, %d figures each, %d scrapes after as many%n",
                TOPICS,
                TOPICS * PARTITIONS,
                Sample.values().length,
                SCRAPES);
        measure("by topic", 1000);
        measure("by partition", TOPICS * PARTITIONS);
    }

    private static void measure(String name, int most) {
        PipelineMetrics figures = PipelineMetrics.withLimit(most, Clock.systemUTC(), Traces.off());
        for (int topic = 0; topic < TOPICS; topic++) {
            String named = "some-topic-" + topic;
            figures.histograms("bench_seconds", "How long it took")
                    .of(Exposition.labels("route", "landing", "topic", named))
                    .record(topic, 1);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                MetricValues<Sample> values = figures.open(
                                "landing", "wadi-landing", new TopicPartition(named, partition))
                        .of(Sample.class);
                for (Sample each : Sample.values()) {
                    values.add(each, 123_456_789L * (partition + 1));
                }
            }
        }
        ExposedRegistry registry = new ExposedRegistry(figures);
        IntStream.range(0, SCRAPES).forEach(warmUp -> registry.scrape());
        double[] ms = new double[SCRAPES];
        int bytes = 0;
        for (int i = 0; i < SCRAPES; i++) {
            long begin = System.nanoTime();
            bytes = registry.scrape().length();
            ms[i] = (System.nanoTime() - begin) / 1e6;
        }
        Arrays.sort(ms);
        System.out.printf(
                Locale.ROOT,
                "  %-13s median %5.1f ms, most %5.1f ms, %,d bytes%n",
                name,
                ms[SCRAPES / 2],
                ms[SCRAPES - 1],
                bytes);
    }
}
