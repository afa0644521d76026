package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 10,000 hosts and 20 rules in a pipeline with a heap of 256 MiB, across a restart. */
@Nightly(perChange = {"AlertEvaluatorTest", "FleetTest", "StateBytesTest#state_isCompact"})
class AlertsScaleIT {
    private static final int HOSTS = 10_000;
    private static final int RULES = 20;
    private static final int PARTITIONS = 3;
    private static final String TOPIC = "alerts-scale";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern AFTER_COLLECTION = Pattern.compile("->(\\d+)M\\(");

    @TempDir
    private Path directory;

    @Test
    void tenThousandHostsAndTwentyRules_fireAndResolveOnceEach() throws Exception {
        TopicProbe.create(TOPIC + ".load", PARTITIONS);
        TopicProbe.create(TOPIC, 1, Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "86400000"));
        StringBuilder yaml = new StringBuilder("rules:\n");
        for (int i = 0; i < RULES; i++) {
            yaml.append("  - {alert: rule %d, metricset: load, value: system.load.1, above: %d, no-data-after: 23h}\n"
                    .formatted(i, i));
        }
        Files.writeString(directory.resolve("alerts.yaml"), yaml);

        run(List.of(50, 30));
        run(List.of(0));

        Map<String, Integer> changes = new HashMap<>();
        KafkaProbe.forEach(TOPIC, change -> changes.merge(new String(change.key(), UTF_8), 1, Integer::sum));
        assertThat(changes).hasSize(HOSTS * RULES);
        assertThat(changes.values()).as("firing, resolved").containsOnly(2);
    }

    private void run(List<Integer> loads) throws Exception {
        try (RouteProcess wadi = RouteProcess.start(
                "alerts",
                line -> {},
                List.of(
                        "-Xlog:gc",
                        "-Dwadi.alerts.application=" + TOPIC,
                        "-Dwadi.alerts.topics=" + TOPIC + ".load",
                        "-Dwadi.alerts.topic=" + TOPIC,
                        "-Dwadi.alerts.file=" + directory.resolve("alerts.yaml"),
                        "-Dwadi.metrics.topic=" + TOPIC + ".load"))) {
            for (int load : loads) {
                send(load);
                Map<TopicPartition, Long> ends = TopicProbe.ends(List.of(TOPIC + ".load"));
                await().atMost(Duration.ofMinutes(5)).until(() -> GroupProbe.hasRead(TOPIC, ends) || !wadi.isAlive());
            }
            assertThat(wadi.stop()).isZero();
            int most = 0;
            Matcher heap = AFTER_COLLECTION.matcher(wadi.output());
            while (heap.find()) {
                most = Math.max(most, Integer.parseInt(heap.group(1)));
            }
            System.out.printf("alerts of %d hosts: %d MiB in use at most after a collection%n", HOSTS, most);
        }
    }

    private static void send(int load) {
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int host = 0; host < HOSTS; host++) {
                String name = "server-%05d.example.org".formatted(host);
                String document = """
                        {"@timestamp":"%s","metricset":{"name":"load"},"host":{"name":"%s"},"system":{"load":{"1":%d}}}""".formatted(START.plusSeconds(100 - load), name, load);
                producer.send(new ProducerRecord<>(TOPIC + ".load", name.getBytes(UTF_8), document.getBytes(UTF_8)));
            }
        }
    }
}
