package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.runtime.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActiveRulesTest {
    private static final String RULE = """
            rules:
              - alert: CpuHigh
                metricset: cpu
                value: system.cpu.total.norm.pct
                above: %s
            """;

    private Path file;
    private ActiveRules rules;

    @BeforeEach
    void read(@TempDir Path directory) throws Exception {
        file = Files.writeString(directory.resolve("alerts.yaml"), RULE.formatted("0.5"));
        rules = ActiveRules.read(file.toString(), Duration.ofDays(1));
    }

    /** A content takes effect at the second check that finds it. */
    private void check() throws InterruptedException {
        rules.check();
        rules.check();
    }

    /** The state of a host is removed after that time, so the alert would never fire. */
    @Test
    void noDataAfter_ofTheTimeToLiveOfHosts_isRejected_alsoInAChange() throws Exception {
        String rule = "rules:\n  - {alert: Gone, no-data-after: %s}\n";
        String mistake = "alerts.yaml line 2, column 34: Gone: no-data-after is 1d, expected less than"
                + " wadi.alerts.host-ttl=1d, after which the state of a host is removed";
        Files.writeString(file, rule.formatted("24h"));

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> ActiveRules.read(file.toString(), Duration.ofDays(1)))
                .satisfies(refused -> assertThat(refused.mistakes()).containsExactly(mistake));
        check();
        assertThat(rules.mistakes()).containsExactly(mistake);
        assertThat(rules.get().yaml()).isEqualTo(RULE.formatted("0.5"));

        Files.writeString(file, rule.formatted("23h"));
        check();
        assertThat(rules.mistakes()).isEmpty();
    }

    @Test
    void fileInAnotherEncoding_isRejected_andTheRunningRulesStay() throws Exception {
        Files.writeString(file, RULE.formatted("0.6 # größer"), ISO_8859_1);
        check();

        assertThat(rules.mistakes()).singleElement().asString().contains(": not in UTF-8");
        assertThat(rules.get().yaml()).isEqualTo(RULE.formatted("0.5"));
    }

    @Test
    void errorsOfADeletedFile_areNoLongerReported_andTheRunningRulesStay() throws Exception {
        Files.writeString(file, RULE.formatted("much"));
        check();
        assertThat(rules.mistakes()).singleElement().asString().contains("much");

        Files.delete(file);
        check();
        assertThat(rules.mistakes()).isEmpty();
        assertThat(rules.get().yaml()).isEqualTo(RULE.formatted("0.5"));

        Files.writeString(file, RULE.formatted("much"));
        check();
        assertThat(rules.mistakes()).hasSize(1);
        Files.writeString(file, RULE.formatted("0.6"));
        check();
        assertThat(rules.mistakes()).isEmpty();
        assertThat(rules.get().yaml()).isEqualTo(RULE.formatted("0.6"));
    }

    @Test
    void unreadableFile_isReportedUntilItIsReadable_andTheRunningRulesStay() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        new AlertMeters(meters, rules);
        Gauge valid = meters.get("wadi.alerts.rules.valid").gauge();
        Files.delete(file);
        Files.createDirectory(file);
        rules.check();

        assertThat(rules.mistakes())
                .singleElement()
                .asString()
                .isEqualTo("alerts.yaml: cannot be read: java.io.IOException: Is a directory");
        assertThat(rules.get().yaml()).isEqualTo(RULE.formatted("0.5"));
        assertThat(valid.value()).isZero();

        Files.delete(file);
        Files.writeString(file, RULE.formatted("0.5"));
        rules.check();
        assertThat(rules.mistakes()).isEmpty();
        assertThat(valid.value()).isOne();
    }
}
