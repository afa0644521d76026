package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.kafka.records.Masking;
import io.wadi.metrics.alerts.Alert;
import io.wadi.metrics.alerts.AlertEvaluator;
import io.wadi.metrics.alerts.AlertRules;
import io.wadi.testing.Heap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The number and size of alerts in a response are limited. */
class AlertCollectorTest {
    private static final int CHARACTERS = 8000;

    private final AlertRoutes.AlertCollector alerts = new AlertRoutes.AlertCollector(Masking.NONE, CHARACTERS);
    private long offset;

    private void add(String key, String state, int length) {
        alerts.add(alert(offset, key, state, length));
        offset++;
    }

    private static ConsumerRecord<byte[], byte[]> alert(long offset, String key, String state, int length) {
        String json = "{\"state\":\"%s\",\"id\":\"%s\",\"text\":\"%s\"}".formatted(state, key, "x".repeat(length));
        return new ConsumerRecord<>("alerts", 0, offset, key.getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private List<String> ids(String field) {
        return ((List<?>) alerts.result().get(field))
                .stream().map(each -> ((JsonNode) each).path("id").asText()).toList();
    }

    @Test
    void alerts_areShownAndCounted() {
        add("a", "firing", 10);
        add("b", "pending", 10);
        add("a", "resolved", 10);
        add("b", "firing", 10);
        add("c", "pending", 10);
        add("c", "inactive", 10);

        Map<String, Object> result = alerts.result();
        assertThat(result)
                .containsEntry("count", 1)
                .containsEntry("unreadable", 0L)
                .containsEntry("cut", false);
        assertThat(ids("active")).containsExactly("b");
        assertThat(ids("changes")).containsExactlyInAnyOrder("a", "b", "a", "b", "c", "c");
    }

    @Test
    void alertsBeyondTheSizeLimit_areCounted_andThoseThatFitAreShown() {
        add("a", "firing", 600);
        add("b", "firing", 600);
        add("c", "firing", 10);

        assertThat(alerts.result()).containsEntry("count", 3).containsEntry("cut", true);
        assertThat(ids("active")).containsExactly("a", "c");
        assertThat(ids("changes")).as("the newest").containsExactly("c", "b");
    }

    @Test
    void spaceOfAnAlert_isFreedWhenResolved_andUsedOnceAcrossChanges() {
        for (int i = 0; i < 10; i++) {
            add("a", "firing", 600);
        }
        assertThat(alerts.result()).containsEntry("cut", false);
        add("a", "resolved", 10);
        add("b", "firing", 600);

        assertThat(alerts.result()).containsEntry("count", 1).containsEntry("cut", false);
        assertThat(ids("active")).containsExactly("b");
    }

    @Test
    void alertsBeyondTheCountLimit_areReportedAsTruncated() {
        for (int i = 0; i < 20_001; i++) {
            add("alert " + i, "firing", 0);
        }

        assertThat(alerts.result()).containsEntry("count", 20_000).containsEntry("cut", true);
    }

    /** The first four bytes are those of UTF-32. */
    @Test
    void valueThatIsNoJsonObject_isUnreadable_andOthersAreShown() {
        add("a", "firing", 10);
        for (String value : List.of("{", "{\0\0\0aaaa", "\0{\0\0", "", "null", "[1]")) {
            alerts.add(new ConsumerRecord<>("alerts", 0, offset++, "b".getBytes(UTF_8), value.getBytes(UTF_8)));
        }
        add("c", "firing", 10);

        assertThat(alerts.result()).containsEntry("count", 2).containsEntry("unreadable", 6L);
        assertThat(ids("active")).containsExactly("a", "c");
        assertThat(ids("changes")).containsExactlyInAnyOrder("a", "c");
    }

    /** With their keys, these take 20 MB. */
    @Test
    void alertsWithLongKeys_areCountedInLittleMemory() {
        assertThat(collectorOfLongKeys().result()).containsEntry("count", 20_000);

        assertThat(Heap.retained(AlertCollectorTest::collectorOfLongKeys)).isBetween(1L << 20, 8L << 20);
    }

    private static AlertRoutes.AlertCollector collectorOfLongKeys() {
        AlertRoutes.AlertCollector alerts = new AlertRoutes.AlertCollector(Masking.NONE, CHARACTERS);
        for (int i = 0; i < 20_000; i++) {
            alerts.add(alert(i, "k".repeat(990) + i, "firing", 0));
        }
        return alerts;
    }

    @Test
    void alertWithALongKey_isUnreadable() {
        add("k".repeat(1175), "firing", 0);

        assertThat(alerts.result()).containsEntry("count", 0).containsEntry("unreadable", 1L);
    }

    /** Letters take up to four bytes in UTF-8, and the characters of a host up to three. */
    @Test
    void alertWithTheLongestRuleAndHost_isShown() {
        AlertEvaluator evaluator = new AlertEvaluator(AlertRules.parse("""
                rules:
                  - {alert: %s, metricset: cpu, value: a.b, above: 0, no-data-after: 1m}
                """.formatted("\ud840\udc00".repeat(100))), 1);
        evaluator.accept("""
                {"@timestamp":"2026-11-20T01:00:00Z","metricset":{"name":"cpu"},"host":{"name":"%s"},"a":{"b":0}}
                """.formatted("\u20ac".repeat(255)).getBytes(UTF_8), Long.MAX_VALUE);
        List<Alert> changes = new ArrayList<>();
        evaluator.advanceTo(Long.MAX_VALUE, Long.MAX_VALUE, changes::add);

        assertThat(changes).hasSize(1);
        Alert alert = changes.get(0);
        byte[] key = (alert.rule() + ":no-data@" + alert.host()).getBytes(UTF_8);
        alerts.add(new ConsumerRecord<>("alerts", 0, 0, key, "{\"state\":\"firing\"}".getBytes(UTF_8)));
        assertThat(alerts.result()).containsEntry("count", 1).containsEntry("unreadable", 0L);
    }
}
