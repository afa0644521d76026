package io.wadi.completeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.completeness.CompletenessMonitor.Evaluated;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.testing.AdjustableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Topics without a leader, with slow failures, beside others; CompletenessOnKafkaIT evaluates topics of real Kafka. */
class CompletenessMonitorTest {
    private static final RecordTarget LANDED = ObservedTruth.target("landed", "landing", Map.of());
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int READS = 9;

    private final List<String> reads = new CopyOnWriteArrayList<>();
    /** The number of reads before each round. */
    private final List<Integer> begun = new CopyOnWriteArrayList<>();
    /** The times of the samples of topic z that were published when another topic was read. */
    private final List<Instant> published = new CopyOnWriteArrayList<>();

    private final List<Instant> sampled = new CopyOnWriteArrayList<>();
    private Supplier<Set<RecordTarget>> targets = () -> Set.of(LANDED);
    private CompletenessMonitor monitor;

    private final AdjustableClock clock = new AdjustableClock(Instant.parse("2026-11-27T12:00:00Z"));

    private CompletenessMonitor start(Source source) {
        monitor = new CompletenessMonitor(
                source, () -> targets.get(), Duration.ofMillis(1), clock, new SimpleMeterRegistry());
        monitor.start();
        return monitor;
    }

    @Test
    void failingTopics_delayOthersByOneTimeoutInARound_inTurn() {
        try (CompletenessMonitor closing = start(new Source())) {
            await().until(() -> reads.size() >= READS);
        }

        assertThat(new ArrayList<>(reads).subList(0, READS))
                .as("all topics, then in each round z and one of the failing topics")
                .containsExactly("a", "b", "z", "z", "a", "z", "b", "z", "a");
        assertThat(begun).as("once per round").startsWith(0, 3, 5, 7);
        assertThat(published).as("before a failing topic is read").startsWith(sampled.get(1), sampled.get(2));
    }

    /** Otherwise a round would read all failing topics, as long as it takes to reach the former time again. */
    @Test
    void clockThatIsSetBack_endsTheRound() {
        Source source = new Source() {
            @Override
            public Optional<TopicProgress> read(String topic, RecordTarget target, String group) {
                clock.pass(Duration.ofHours(-1));
                return super.read(topic, target, group);
            }
        };
        try (CompletenessMonitor closing = start(source)) {
            await().until(() -> reads.size() >= READS);
        }

        assertThat(begun).startsWith(0, 3, 5, 7);
    }

    @Test
    void unexpectedExceptionOfATopic_isItsProblem_andOthersAreEvaluated() {
        Source source = new Source() {
            @Override
            public Optional<TopicProgress> read(String topic, RecordTarget target, String group) {
                if (topic.equals("a")) {
                    throw new IllegalStateException("unexpected");
                }
                return super.read(topic, target, group);
            }
        };
        try (CompletenessMonitor closing = start(source)) {
            await().until(() -> monitor.latest().find("z", LANDED.name()).isPresent());
        }

        assertThat(monitor.latest().find("a", LANDED.name()).orElseThrow().problem())
                .isEqualTo("IllegalStateException: unexpected");
    }

    /** Such as of a target with a client that cannot be loaded completely. */
    @Test
    void errorOfATopic_isItsProblem_andOthersAreEvaluated() {
        Source source = new Source() {
            @Override
            public Optional<TopicProgress> read(String topic, RecordTarget target, String group) {
                if (topic.equals("a")) {
                    throw new NoClassDefFoundError("org/apache/hadoop/fs/FileSystem");
                }
                return super.read(topic, target, group);
            }
        };
        try (CompletenessMonitor closing = start(source)) {
            await().until(() -> monitor.latest().find("z", LANDED.name()).isPresent());
        }

        assertThat(monitor.latest().find("a", LANDED.name()).orElseThrow().problem())
                .isEqualTo("NoClassDefFoundError: org/apache/hadoop/fs/FileSystem");
    }

    /** As after a reload of the route with another group and directory. */
    @Test
    void failureOfAnotherGroup_isNotReportedWithTheWatermarkOfTheFormerOne() {
        Source source = new Source() {
            @Override
            public void begin(Set<String> groups) {
                begun.add(reads.size());
            }

            @Override
            public Optional<TopicProgress> read(String topic, RecordTarget target, String group) {
                if (group.equals("other")) {
                    throw new TimeoutException("no coordinator");
                }
                return super.read(topic, target, group);
            }
        };
        targets = () -> Set.of(begun.size() < 2 ? LANDED : ObservedTruth.target("landed", "other", Map.of()));
        try (CompletenessMonitor closing = start(source)) {
            await().until(() -> monitor.latest()
                    .find("z", LANDED.name())
                    .filter(each -> "TimeoutException: no coordinator".equals(each.problem()))
                    .isPresent());
        }

        assertThat(monitor.latest().find("z", LANDED.name()).orElseThrow().progress())
                .isNull();
    }

    /** Otherwise the results and the metric would stay as they are, without a problem. */
    @Test
    void roundThatFailsWithAnError_isRepeated() {
        Source source = new Source() {
            @Override
            public void begin(Set<String> groups) {
                super.begin(groups);
                if (begun.size() == 1) {
                    throw new NoClassDefFoundError("org/apache/kafka/clients/admin/Admin");
                }
            }
        };
        try (CompletenessMonitor closing = start(source)) {
            await().until(() -> monitor.latest().find("z", LANDED.name()).isPresent());
        }

        assertThat(begun).hasSizeGreaterThan(1);
    }

    /** Topics a and b fail after a timeout; z has a sample. */
    private class Source implements ProgressSource {
        @Override
        public Set<String> topics() {
            return new TreeSet<>(Set.of("a", "b", "z"));
        }

        @Override
        public void retain(Set<String> topics) {
            assertThat(topics).hasSize(3);
        }

        @Override
        public void begin(Set<String> groups) {
            assertThat(groups).containsExactly("landing");
            begun.add(reads.size());
        }

        @Override
        public Optional<TopicProgress> read(String topic, RecordTarget target, String group) {
            reads.add(topic);
            clock.pass(TIMEOUT);
            if (topic.equals("z")) {
                sampled.add(clock.instant());
                PartitionProgress arrived =
                        new PartitionProgress(new TopicPartition(topic, 0), 5, 0, 5, null, List.of(), false);
                return Optional.of(new TopicProgress(
                        topic, target.name(), clock.instant(), true, List.of(arrived), null, Duration.ZERO));
            }
            monitor.latest()
                    .find("z", target.name())
                    .map(Evaluated::progress)
                    .ifPresent(each -> published.add(each.at()));
            throw new TimeoutException("no leader");
        }

        @Override
        public void close() {
            // It has no connection.
        }
    }
}
