package io.wadi.metrics.alerts.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
        rules = ActiveRules.read(file.toString());
    }

    /** A content takes effect at the second check that finds it. */
    private void check() throws InterruptedException {
        rules.check();
        rules.check();
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
}
