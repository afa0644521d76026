package io.wadi.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.KafkaProbe;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** The topics to which a round's alerts are written, and the documents that the alerts are about. */
final class AlertTopics {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<MetricOutput> ALERTS = List.of(MetricOutput.CPU_ALERT, MetricOutput.MEMORY_ALERT);
    private static final Set<String> REPORTED_STATES = Set.of("pending", "firing");
    private static final Duration LAST_CHANGES = Duration.ofMinutes(1);

    private final String brokers;
    private final String round;

    AlertTopics(String brokers, String round) {
        this.brokers = brokers;
        this.round = round;
    }

    /** Watches the alerts on single documents. */
    AlertWatch alerts() {
        return new AlertWatch(
                brokers, ALERTS.stream().map(each -> each.topic(round)).toList(), this::ofAlert);
    }

    /** Returns the number of alerts that a number of documents raises. */
    static long alertsOf(long documents) {
        return ALERTS.stream().mapToLong(each -> each.records(documents)).sum();
    }

    private long ofAlert(ConsumerRecord<byte[], byte[]> alert) {
        long number = MetricsCheck.number(alert.key(), alert.value());
        boolean isRight = number >= 0
                && ALERTS.stream()
                        .anyMatch(output -> output.topic(round).equals(alert.topic()) && output.takes(number));
        return isRight ? number : AlertWatch.WRONG;
    }

    /** Watches the changes of alerts to pending or firing. */
    AlertWatch changes() {
        return new AlertWatch(brokers, List.of(MetricTopics.changes(round)), AlertTopics::ofChange);
    }

    private static long ofChange(ConsumerRecord<byte[], byte[]> reported) {
        try {
            JsonNode change = JSON.readTree(reported.value());
            if (!REPORTED_STATES.contains(change.path("state").asText())
                    || !change.path("kind").asText().equals("value")) {
                return AlertWatch.NONE;
            }
            long number = MetricFleet.number(
                    change.path("host").asText(), change.path("at").asText());
            return number >= 0 && MetricFleet.isOver(number) ? number : AlertWatch.WRONG;
        } catch (IOException e) {
            return AlertWatch.WRONG;
        }
    }

    /**
     * Returns the number of these changes, once the rules have been evaluated for all routed documents.
     *
     * @param group the group that evaluates them
     */
    long changesOf(String group) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            Awaitility.await().atMost(LAST_CHANGES).until(() -> haveReadAll(admin, group));
        }
        AtomicLong changes = new AtomicLong();
        KafkaProbe.forEach(brokers, MetricTopics.changes(round), reported -> {
            if (ofChange(reported) != AlertWatch.NONE) {
                changes.incrementAndGet();
            }
        });
        return changes.get();
    }

    private boolean haveReadAll(Admin admin, String group) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        for (MetricOutput each : List.of(MetricOutput.CPU, MetricOutput.MEMORY)) {
            for (Map.Entry<TopicPartition, Long> end :
                    BenchTopic.ends(admin, each.topic(round)).entrySet()) {
                OffsetAndMetadata read = committed.get(end.getKey());
                if (end.getValue() > 0 && (read == null || read.offset() < end.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }
}
