package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertsFileTest {
    private static final String LOAD = "rules:\n  - alert: Load\n    metricset: load\n    value: system.load.1\n";

    @Test
    void shippedFile_isValid() throws IOException {
        List<AlertRule> rules = read(Files.readString(Path.of("alerts.yaml")));

        assertThat(rules).extracting(AlertRule::name).containsExactly("HostCpuHigh", "HostMemoryHigh", "HostSilent");
        assertThat(rules.get(0).values())
                .containsExactly(
                        new FieldValue("system.cpu.total.norm.pct", null),
                        new FieldValue("system.cpu.total.pct", "system.cpu.cores"));
        assertThat(rules.get(0).bound()).isEqualTo(new AlertCondition(true, 0.5, 0.45));
        assertThat(rules.get(1).values()).containsExactly(new FieldValue("system.memory.actual.used.pct", null));
        assertThat(rules.get(2).values()).isEmpty();
        assertThat(rules.get(2).noDataMs()).isEqualTo(120_000);
    }

    @Test
    void rule_isParsedWithAllSettings() {
        AlertRule rule = read("""
                        rules:
                          - alert: Disk nearly full
                            dataset: system.filesystem
                            value: system.filesystem.free / system.filesystem.total
                            share: true
                            below: 0.1
                            resolve-at: 0.2
                            for: 5m
                            keep-firing-for: 90s
                            no-data-after: 10m
                            severity: critical
                            labels: {team: storage}
                            annotations: {summary: "{{$labels.team}}"}
                            invalid: ignore
                        """).get(0);

        assertThat(rule)
                .isEqualTo(new AlertRule(
                        "Disk nearly full",
                        null,
                        "system.filesystem",
                        List.of(new FieldValue("system.filesystem.free", "system.filesystem.total")),
                        true,
                        new AlertCondition(false, 0.1, 0.2),
                        300_000,
                        90_000,
                        600_000,
                        "critical",
                        Map.of("team", "storage"),
                        Map.of("summary", new Annotation("{{$labels.team}}")),
                        false));
    }

    @Test
    void rule_withoutOptionalFields_hasTheirDefaults() {
        AlertRule rule = read(LOAD + "    above: 4").get(0);

        assertThat(rule.bound()).isEqualTo(new AlertCondition(true, 4, 4));
        assertThat(List.of(rule.forMs(), rule.keepFiringMs(), rule.noDataMs())).containsOnly(0L);
        assertThat(rule.severity()).isEqualTo("warning");
        assertThat(rule.share()).isFalse();
        assertThat(rule.deadLetter()).isTrue();
    }

    @Test
    void emptyRules_areAccepted() {
        assertThat(read("rules: []")).isEmpty();
    }

    @Test
    void mistakes_areReportedTogether_withTheirLines() {
        assertThat(mistakes("""
                                rules:
                                  - alert: Cpu
                                    metricset: cpu
                                    value: a / b / c
                                    above: high
                                    keep_firing_for: 1m
                                    for: 1 week
                                  - alert: Load
                                    metricset: load
                                    value: [system.load.1, host.name]
                                    above: 4
                                    resolve-at: 5
                                    annotations:
                                      summary: "{{ $labels.hots }} {{ $value }}"
                                      other: "{{ .Value }}"
                                """))
                .containsExactly(
                        "alerts.yaml line 4, column 12: Cpu: value is \"a / b / c\", expected " + FieldValue.ALLOWED,
                        "alerts.yaml line 5, column 12: Cpu: above is \"high\", expected a number",
                        "alerts.yaml line 7, column 10: Cpu: for is \"1 week\", expected a duration up to 30d such as "
                                + "90s or 5m",
                        "alerts.yaml line 6, column 5: Cpu: keep_firing_for: unknown field; did you mean "
                                + "keep-firing-for?",
                        "alerts.yaml line 10, column 28: Load: value is \"host.name\", expected " + FieldValue.ALLOWED,
                        "alerts.yaml line 12, column 17: Load: resolve-at is 5.0, expected at most 4.0: the alert "
                                + "would resolve before it fires",
                        "alerts.yaml line 15, column 14: Load: annotations.other is \"{{ .Value }}\", expected "
                                + Annotation.ALLOWED,
                        "alerts.yaml line 14, column 7: Load: annotations has unknown label $labels.hots in "
                                + "summary; did you mean host?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{alert: A, metricset: m, value: a}        | column 5: A: has neither above nor below, expected one of them",
                "{alert: A, metricset: m, value: a, above: 1, below: 2} | A: has above and below, expected one of them",
                "{alert: A, value: a, above: 1}            | A: metricset is missing, expected a metricset.name such as cpu, or dataset instead",
                "{alert: A, metricset: m, dataset: d, value: a, above: 1} | A: dataset and metricset are both set, expected one of them",
                "{alert: A}                                | A: has neither value nor no-data-after: the rule would never fire",
                "{alert: A, no-data-after: 1m, for: 1m}    | A: for needs a value",
                "{alert: A, no-data-after: 10ms}           | expected at least 1s: a duration",
                "{alert: A, metricset: m, value: a, below: 1, resolve-at: 0} | A: resolve-at is 0.0, expected at least 1.0",
                "{alert: A, metricset: m, value: a, above: 50, share: true} | A: above is 50.0, expected 0 to 1, because the value is a share",
                "{alert: A, metricset: m, value: a, above: 1, for: 31d} | A: for is \"31d\", expected a duration up to 30d",
                "{alert: A, metricset: m, value: a, above: 1, invalid: drop} | A: invalid is \"drop\", expected dead-letter or ignore",
                "{alert: A, metricset: m, value: a, above: NaN} | A: above is \"NaN\", expected a number",
                "{alert: A, metricset: m, value: [], above: 1} | A: value is empty, expected a field",
                "{alert: A, no-data-after: 1m, labels: {host: x}} | A: labels has \"host\", expected letters",
                "{alert: A, no-data-after: 1m, labels: {kind: x}} | A: labels has \"kind\", expected letters",
                "{alert: A, no-data-after: 1m, annotations: {a: '{{ $labels.kind }}'}} | A: annotations has unknown label $labels.kind",
                "{alert: ' ', no-data-after: 1m}           | alert is \" \", expected 1 to 100 letters",
                "{no-data-after: 1m}                       | alert is missing, expected 1 to 100 letters",
            })
    void mistake_isReported(String rule, String mistake) {
        assertThat(mistakes("rules:\n  - " + rule))
                .singleElement()
                .asString()
                .contains("line 2")
                .contains(mistake);
    }

    @Test
    void duplicateName_isRejected() {
        assertThat(mistakes("rules:\n  - {alert: A, no-data-after: 1m}\n  - {alert: A, no-data-after: 2m}"))
                .containsExactly("alerts.yaml line 3, column 5: A: declared twice, first in line 2");
    }

    @Test
    void lists_areLimited() {
        StringBuilder rules = new StringBuilder("rules:\n");
        for (int i = 0; i <= AlertsFile.MAX_RULES; i++) {
            rules.append("  - {alert: rule ").append(i).append(", no-data-after: 1m}\n");
        }

        assertThat(mistakes(rules.toString()))
                .containsExactly("alerts.yaml line 2, column 3: rules has 257 entries, expected up to 256");
        assertThat(mistakes(LOAD.replace("system.load.1", "[" + "a,".repeat(17) + "]") + "    above: 1"))
                .singleElement()
                .asString()
                .contains("value has 17 entries, expected up to 16");
    }

    @Test
    void fingerprint_isStable_andChangesWithTheRule() {
        long before = fingerprint(LOAD + "    above: 4");

        // The fingerprint is stored with states and must never change.
        assertThat(Long.toHexString(before)).isEqualTo("85344b237a14eef0");
        assertThat(fingerprint(LOAD + "    above: 4.0\n    annotations: {a: b}\n    invalid: ignore"))
                .isEqualTo(before);
        for (String change : List.of("above: 5", "below: 4", "above: 4\n    for: 1s", "above: 4\n    labels: {a: b}")) {
            assertThat(fingerprint(LOAD + "    " + change) >>> 32).isEqualTo(before >>> 32);
            assertThat(fingerprint(LOAD + "    " + change)).isNotEqualTo(before);
        }
        assertThat(fingerprint(LOAD.replace("Load", "Other") + "    above: 4") >>> 32)
                .isNotEqualTo(before >>> 32);
    }

    @Test
    void annotation_isRendered() {
        Annotation annotation = Annotation.parse(
                "{{ $labels.host }} {{$value}} {{ $value | humanizePercentage }} of {{ $threshold | humanizePercentage}}");

        assertThat(annotation.render(label -> label + "$1", number -> number.equals("value") ? "0.93124" : "0.5"))
                .isEqualTo("host$1 0.93124 93.12% of 50%");
        assertThat(annotation.render(label -> "h", number -> "no data")).isEqualTo("h no data no data of no data");
    }

    @Test
    void longRenderedAnnotation_isCut_butNoSurrogatePair() {
        Annotation annotation = Annotation.parse("{{ $labels.a }}{{ $labels.b }}");

        assertThat(annotation.render(label -> "x".repeat(512), number -> "")).isEqualTo("x".repeat(1024));
        assertThat(annotation.render(label -> "x".repeat(513), number -> "")).isEqualTo("x".repeat(1023) + "…");
        assertThat(annotation.render(label -> "\ud840\udc00".repeat(257), number -> ""))
                .isEqualTo("\ud840\udc00".repeat(511) + "…");
    }

    private static List<AlertRule> read(String yaml) {
        return AlertsFile.read(yaml, Duration.ofDays(31));
    }

    private static long fingerprint(String yaml) {
        return read(yaml).get(0).fingerprint();
    }

    private static List<String> mistakes(String yaml) {
        SettingsException refused = catchThrowableOfType(SettingsException.class, () -> read(yaml));
        assertThat(refused).as("what is wrong in %s", yaml).isNotNull();
        return refused.mistakes();
    }
}
