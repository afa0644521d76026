package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.metrics.alerts.Alert.State;
import io.wadi.metrics.alerts.Fleet;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/**
 * The shipped routes and rules on real Kafka, with a fleet of known incidents and restarts of Wadi within them. Each
 * incident fires once and is resolved once, and there are no other alerts.
 */
@Nightly(perChange = {"AlertsOnKafkaIT#incidentAcrossARestart_isReportedOnce", "FleetTest"})
class FleetOnKafkaIT {
    /**
     * How far the hosts' clocks are ahead when the documents end. The missing data after that would be reported only
     * after the end of the test.
     */
    private static final int AHEAD_SECONDS = 240;

    private static final ObjectMapper JSON = new ObjectMapper();

    private String name;

    @Test
    void incidents_fireOnce_andResolveOnce_withoutFalseAlerts() throws Exception {
        name = "fleet";
        run(150);
    }

    @Test
    void incidentsOfAThousandHosts_fireOnce_andResolveOnce_withoutFalseAlerts() throws Exception {
        name = "large-fleet";
        run(1000);
    }

    private void run(int hosts) throws Exception {
        for (String topic : List.of(".all", ".cpu", ".memory")) {
            TopicProbe.create(name + topic, 3);
        }
        TopicProbe.create(name + ".alerts", 1, Map.of("cleanup.policy", "compact"));
        long start = System.currentTimeMillis() + (AHEAD_SECONDS - Fleet.SECONDS) * 1000L;
        long begin = System.nanoTime();
        Fleet fleet;
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            fleet = new Fleet(
                    hosts,
                    start,
                    (host, document) ->
                            producer.send(new ProducerRecord<>(name + ".all", host.getBytes(UTF_8), document)));
            try (RunningWadi first = start()) {
                for (int second = 0; second < Fleet.SECONDS / 4; second += Fleet.PERIOD) {
                    fleet.send(second);
                }
                await().until(() -> reported().size() > hosts / 10);
                for (int second = Fleet.SECONDS / 4; second < Fleet.SECONDS / 3; second += Fleet.PERIOD) {
                    fleet.send(second);
                }
            }
            try (RunningWadi second = start()) {
                for (int next = Fleet.SECONDS / 3; next < Fleet.SECONDS; next += Fleet.PERIOD) {
                    fleet.send(next);
                }
                producer.flush();
                await().until(() ->
                        reported().keySet().containsAll(fleet.expected().keySet()));
            }
        }
        assertThat(reported()).isEqualTo(fleet.expected());
        System.out.printf(
                "%d hosts, 30 minutes of their time in %d s: %d changes reported, each once%n",
                hosts, (System.nanoTime() - begin) / 1_000_000_000, reported().size());
    }

    /** Returns how often each alert was reported as firing and as resolved. */
    private Map<String, Integer> reported() {
        Map<String, Integer> reported = new TreeMap<>();
        KafkaProbe.forEach(name + ".alerts", found -> {
            JsonNode change = json(found.value());
            State state = State.valueOf(change.path("state").asText().toUpperCase(Locale.ROOT));
            if (state == State.FIRING || state == State.RESOLVED) {
                String key = Fleet.key(
                        change.path("host").asText(), change.path("rule").asText(), state);
                reported.merge(key, 1, Integer::sum);
            }
        });
        return reported;
    }

    private static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RunningWadi start() throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("wadi.alerts.enabled", "true");
        settings.put("wadi.alerts.application", name);
        settings.put("wadi.alerts.topics", name + ".cpu," + name + ".memory");
        settings.put("wadi.alerts.topic", name + ".alerts");
        settings.put("wadi.metrics.topic", name + ".all");
        settings.put("wadi.metrics.group", name + "-routing");
        settings.put("wadi.metrics.cpu-topic", name + ".cpu");
        settings.put("wadi.metrics.memory-topic", name + ".memory");
        return RunningWadi.startRoutes(List.of("server-metrics", "alerts"), settings);
    }
}
