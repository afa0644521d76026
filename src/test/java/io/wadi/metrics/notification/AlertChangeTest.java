package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.metrics.alerts.Alert;
import io.wadi.metrics.alerts.Alert.State;
import io.wadi.metrics.alerts.AlertEvaluator;
import io.wadi.metrics.alerts.AlertRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AlertChangeTest {
    private static final long SINCE = Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();
    private static final long AT = Instant.parse("2026-11-20T10:01:00.5Z").toEpochMilli();

    @ParameterizedTest
    @EnumSource(State.class)
    void alertRecord_isParsed(State state) {
        AlertChange change = AlertRecords.change("web-01", state, SINCE, AT);

        assertThat(change)
                .isEqualTo(new AlertChange(
                        state,
                        SINCE,
                        AT,
                        "\"labels\":{\"alertname\":\"HostCpuHigh\",\"host\":\"web-01\",\"severity\":\"warning\"},"
                                + "\"annotations\":{\"summary\":\"web-01: cpu at 93%\"}"));
    }

    @Test
    void recordWrittenByTheEvaluator_isParsed() {
        AlertEvaluator alerts = new AlertEvaluator(AlertRules.parse("""
                rules:
                  - {alert: HostCpuHigh, metricset: cpu, value: system.cpu.total.norm.pct, above: 0.5, for: 1m,
                     no-data-after: 2m, annotations: {summary: "{{ $labels.host }}: {{ $value | humanizePercentage }}"}}
                """), 10);
        List<Alert> changes = new ArrayList<>();
        for (long time = SINCE; time <= SINCE + 60_000; time += 30_000) {
            String document = "{\"@timestamp\":\"%s\",\"metricset\":{\"name\":\"cpu\"},\"host\":{\"name\":\"web-01\"},"
                    + "\"system\":{\"cpu\":{\"total\":{\"norm\":{\"pct\":0.931}}}}}";
            byte[] value = document.formatted(Instant.ofEpochMilli(time)).getBytes(UTF_8);
            changes.addAll(alerts.accept(value, Long.MAX_VALUE).alerts());
        }
        alerts.advanceTo(SINCE + 3_600_000, Long.MAX_VALUE, changes::add);

        List<AlertChange> read = changes.stream()
                .map(change -> AlertChange.parse(change.toJson(), ""))
                .toList();
        assertThat(read).extracting(AlertChange::state).containsExactly(State.PENDING, State.FIRING, State.FIRING);
        assertThat(read.get(1).since()).isEqualTo(SINCE);
        assertThat(read.get(1).at()).isEqualTo(SINCE + 60_000);
        assertThat(read.get(1).fields())
                .startsWith("\"labels\":{\"alertname\":\"HostCpuHigh\",\"host\":\"web-01\",\"severity\":\"warning\"},")
                .contains("\"summary\":\"web-01: 93.1%\"");
        assertThat(read.get(2).fields())
                .startsWith("\"labels\":{\"alertname\":\"HostCpuHigh\",\"host\":\"web-01\",\"severity\":\"warning\","
                        + "\"kind\":\"no-data\"}");
    }

    @Test
    void alertWithTheLongestLabelsAndAnnotations_isParsed() {
        StringBuilder labels = new StringBuilder();
        StringBuilder annotations = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            labels.append("label%d: %s, ".formatted(i, "x".repeat(256)));
            annotations.append("text%d: '%s', ".formatted(i, "{{ $labels.label1 }}".repeat(51)));
        }
        AlertEvaluator alerts = new AlertEvaluator(AlertRules.parse("""
                rules:
                  - {alert: A, metricset: cpu, value: a.b, above: 0, labels: {%s}, annotations: {%s}}
                """.formatted(labels, annotations)), 1);
        byte[] document = """
                {"@timestamp":"2026-11-20T10:00:00Z","metricset":{"name":"cpu"},"host":{"name":"web-01"},"a":{"b":1}}
                """.getBytes(UTF_8);

        assertThat(alerts.accept(document, Long.MAX_VALUE).alerts())
                .singleElement()
                .extracting(alert -> AlertChange.parse(alert.toJson(), ""))
                .returns(State.FIRING, AlertChange::state);
    }

    @Test
    void noDataAlert_hasADistinguishingLabel() {
        byte[] noData =
                AlertRecords.noData("web-01", State.FIRING, SINCE, AT).value().getBytes(UTF_8);

        assertThat(AlertChange.parse(noData, "").fields()).contains("\"severity\":\"warning\",\"kind\":\"no-data\"}");
    }

    @Test
    void link_pointsToTheAlert() {
        byte[] value = AlertRecords.alert("web/01 \u20ac", State.FIRING, SINCE, AT)
                .value()
                .getBytes(UTF_8);

        assertThat(AlertChange.parse(value, "https://grafana.example/d/host?var-host={host}&alert={alert}")
                        .fields())
                .endsWith(
                        ",\"generatorURL\":\"https://grafana.example/d/host?var-host=web%2F01%20%E2%82%AC&alert=HostCpuHigh\"");
    }

    @Test
    void namesInvalidForAlertmanager_areChanged() {
        String fields = AlertChange.parse("""
                        {"state":"firing","since":"2026-11-20T10:00:00Z","at":"2026-11-20T10:00:00Z",
                         "labels":{"alertname":"A","team-name":"x","1st":"y"},"annotations":{"run book":"z \\" \\n €"}}
                        """.getBytes(UTF_8), "").fields();

        assertThat(fields)
                .isEqualTo("\"labels\":{\"alertname\":\"A\",\"team_name\":\"x\",\"_1st\":\"y\"},"
                        + "\"annotations\":{\"run_book\":\"z \\\" \\n €\"}");
    }

    @Test
    void longRecord_isRejected_andLongTextIsQuotedInShort() {
        byte[] state = "{\"labels\":{\"a\":\"b\"},\"state\":\"%s\"}"
                .formatted("x".repeat(60_000))
                .getBytes(UTF_8);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertChange.parse(state, ""))
                .withMessage("state is \"%s…\", expected inactive, pending, firing or resolved", "x".repeat(99));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertChange.parse(new byte[65_537], ""))
                .withMessage("found 65,537 bytes, expected at most 65,536");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    not json | not JSON: Unrecognized token 'not'
                    [] | labels are missing
                    {"labels":{"a":"b"},"state":"burning"} | state is "burning", expected inactive, pending, firing or resolved
                    {"labels":{"a":"b"},"state":"firing"} | since is "", expected an RFC 3339 time
                    {"labels":{"a":"b"},"state":"firing","since":"2026-11-20T10:00:00Z","at":"now"} | at is "now", expected an RFC 3339 time
                    """)
    void invalidRecord_isRejected(String value, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertChange.parse(value.getBytes(UTF_8), ""))
                .withMessageStartingWith(reason);
    }
}
