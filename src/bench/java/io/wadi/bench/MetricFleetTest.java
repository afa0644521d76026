package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.bench.MetricFleet.Metricset;
import io.wadi.metrics.MetricDocument;
import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MetricFleetTest {
    private static final long MANY = 60_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MetricFleet fleet = new MetricFleet();

    @Test
    void wadi_readsFromEachDocument_whatTheOracleExpects() {
        for (long number = 0; number < MANY; number++) {
            MetricDocument read = MetricDocument.read(fleet.document(number));

            Metricset metricset = MetricFleet.metricset(number);
            assertThat(read.metricset()).isEqualToIgnoringCase(metricset.name());
            assertThat(read.hostName()).isEqualTo(new String(fleet.key(number), UTF_8));
            boolean isOver =
                    switch (metricset) {
                        case CPU -> read.cpuPct() > MetricFleet.CPU_THRESHOLD;
                        case MEMORY -> read.memoryPct() > MetricFleet.MEMORY_THRESHOLD;
                        default -> false;
                    };
            assertThat(isOver).as("document %d", number).isEqualTo(MetricFleet.isOver(number));
            assertThat(read.alert()).isEqualTo(fleet.alert(number));
        }
    }

    @Test
    void documents_areOfRealSize_mostlyAboutCpuAndMemory() {
        assertThat(LongStream.range(0, MANY).map(number -> fleet.document(number).length))
                .allSatisfy(length -> assertThat(length).isBetween(1_200L, 2_000L));
        assertThat(LongStream.range(0, MANY)
                        .map(number -> fleet.document(number).length)
                        .average()
                        .orElseThrow())
                .isBetween(1_500.0, 2_000.0);
        assertThat(MetricOutput.CPU.records(MANY)).isEqualTo(MANY * 4 / 10);
        assertThat(MetricOutput.MEMORY.records(MANY)).isEqualTo(MANY * 4 / 10);
    }

    @Test
    void aShareOfThem_isOver_andSomeAreAtTheThreshold() {
        long alerts = MetricOutput.CPU_ALERT.records(MANY) + MetricOutput.MEMORY_ALERT.records(MANY);
        assertThat(alerts / (double) MANY).isBetween(0.03, 0.05);
        assertThat(LongStream.range(0, MANY)
                        .filter(number -> MetricFleet.metricset(number) == Metricset.CPU)
                        .filter(number ->
                                MetricDocument.read(fleet.document(number)).cpuPct() == MetricFleet.CPU_THRESHOLD)
                        .count())
                .isGreaterThan(100);
    }

    @Test
    void hosts_haveBothVersions_andSomeNoNorm() throws IOException {
        JsonNode eight = JSON.readTree(fleet.document(20));
        assertThat(eight.at("/agent/version").asText()).isEqualTo("8.17.1");
        assertThat(eight.at("/system/cpu/total").has("norm")).isFalse();
        JsonNode nine = JSON.readTree(fleet.document(2_001));
        assertThat(nine.at("/agent/version").asText()).isEqualTo("9.2.1");
        assertThat(nine.at("/system/memory/actual/used/pct").isNumber()).isTrue();
        assertThat(JSON.readTree(fleet.document(2)).at("/system/cpu/total").has("norm"))
                .isTrue();
    }

    @Test
    void aDocument_isFoundByHostAndTime() {
        for (long number : new long[] {0, 999, 1_000, 123_456, 2_999_999}) {
            String host = new String(fleet.key(number), UTF_8);
            assertThat(MetricFleet.number(host, MetricFleet.time(number))).isEqualTo(number);
        }
        assertThat(MetricFleet.number("web-0002", MetricFleet.time(1))).isEqualTo(-1);
        assertThat(MetricFleet.number("db-0000", "2026-11-20T00:59:59.999Z")).isEqualTo(-1);
        assertThat(MetricFleet.number("db-0000", "2026-11-20T01:00:02.499Z")).isEqualTo(-1);
    }
}
