package io.wadi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The metrics of this machine, compared with those that its kernel and its commands report. */
final class HostMetricsOfThisMachineTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T01:00:00Z"), ZoneOffset.UTC);
    private static final List<String> CPU_AND_MEMORY = List.of("cpu", "memory");
    private static final List<String> STATES =
            List.of("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal");

    @Test
    @EnabledOnOs(OS.LINUX)
    void measure_load_equalsProcLoadavg() {
        HostMetrics metrics = new HostMetrics(CLOCK, List.of("load"));

        Awaitility.await().untilAsserted(() -> {
            // The file has two decimals, the metrics have more.
            String[] loadavg = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
            JsonNode load = only(metrics.measure(null)).at("/system/load");

            assertThat(load.at("/1").asDouble()).isCloseTo(Double.parseDouble(loadavg[0]), within(0.01));
            assertThat(load.at("/5").asDouble()).isCloseTo(Double.parseDouble(loadavg[1]), within(0.01));
            assertThat(load.at("/15").asDouble()).isCloseTo(Double.parseDouble(loadavg[2]), within(0.01));
        });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void measure_filesystem_equalsDf() {
        HostMetrics metrics = new HostMetrics(CLOCK, List.of("filesystem"));

        Awaitility.await().untilAsserted(() -> {
            Map<String, long[]> before = df();
            List<JsonNode> filesystems = values(metrics.measure(null), "/system/filesystem");
            Map<String, long[]> after = df();

            assertThat(filesystems).extracting(each -> each.path("device_name")).doesNotHaveDuplicates();
            assertThat(filesystems)
                    .extracting(each -> each.path("mount_point").asText())
                    .contains("/")
                    .allSatisfy(mount -> assertThat(before).containsKey(mount))
                    .allSatisfy(mount -> assertThat(after).containsKey(mount));
            for (JsonNode each : filesystems) {
                String mount = each.path("mount_point").asText();
                long[] values = {
                    each.path("total").asLong(),
                    each.at("/used/bytes").asLong(),
                    each.path("available").asLong(),
                    (long) Math.ceil(each.at("/used/pct").asDouble() * 100),
                    each.path("files").asLong()
                };
                // Other processes may write meanwhile: the value is between those before and after the measurement.
                for (int i = 0; i < values.length; i++) {
                    assertThat(values[i])
                            .as("%s, column %d", mount, i)
                            .isBetween(
                                    Math.min(before.get(mount)[i], after.get(mount)[i]),
                                    Math.max(before.get(mount)[i], after.get(mount)[i]));
                }
            }
        });
    }

    /** Returns size, used, available, used percentage and inodes by mount point, from {@code df}. */
    private static Map<String, long[]> df() throws IOException {
        Process df = new ProcessBuilder("df", "-a", "-B1", "--output=size,used,avail,pcent,itotal,target")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Map<String, long[]> found = new HashMap<>();
        try (BufferedReader answer = df.inputReader(StandardCharsets.UTF_8)) {
            for (String line : answer.lines().skip(1).toList()) {
                String[] columns = line.strip().split(" +", 6);
                found.put(
                        columns[5],
                        Stream.of(columns)
                                .limit(5)
                                .mapToLong(value -> value.equals("-") ? 0 : Long.parseLong(value.replace("%", "")))
                                .toArray());
            }
        }
        return found;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void measure_network_equalsProcNetDev() {
        HostMetrics metrics = new HostMetrics(CLOCK, List.of("network"));

        // A container that starts or stops meanwhile adds or removes an interface.
        Awaitility.await().untilAsserted(() -> {
            Map<String, long[]> before = networks();
            List<JsonNode> measured = values(metrics.measure(null), "/system/network");
            Map<String, long[]> after = networks();

            assertThat(measured)
                    .extracting(each -> each.path("name").asText())
                    .contains("lo")
                    .allSatisfy(name -> assertThat(before).containsKey(name))
                    .allSatisfy(name -> assertThat(after).containsKey(name));
            for (JsonNode each : measured) {
                String name = each.path("name").asText();
                List<Long> values = Stream.of("in", "out")
                        .flatMap(way -> Stream.of("bytes", "packets", "errors", "dropped")
                                .map(value -> each.path(way).path(value).longValue()))
                        .toList();
                for (int i = 0; i < values.size(); i++) {
                    assertThat(values.get(i)).as("%s, %d", name, i).isBetween(before.get(name)[i], after.get(name)[i]);
                }
            }
        });
    }

    /** Returns bytes, packets, errors and drops in and out by interface, from /proc/net/dev. */
    private static Map<String, long[]> networks() throws IOException {
        Map<String, long[]> networks = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/net/dev"))) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                long[] all = Stream.of(line.substring(colon + 1).strip().split(" +"))
                        .mapToLong(Long::parseLong)
                        .toArray();
                networks.put(
                        line.substring(0, colon).strip(),
                        new long[] {all[0], all[1], all[2], all[3], all[8], all[9], all[10], all[11]});
            }
        }
        return networks;
    }

    private static List<JsonNode> values(List<byte[]> documents, String pointer) throws IOException {
        List<JsonNode> values = new ArrayList<>();
        for (byte[] document : documents) {
            values.add(JSON.readTree(document).at(pointer));
        }
        return values;
    }

    @Test
    void measure_document_hasTheFieldsOfTheFixture() throws IOException {
        HostMetrics metrics = new HostMetrics(Clock.systemUTC(), CPU_AND_MEMORY);
        List<byte[]> documents = measureUntilCpu(metrics);

        assertThat(missing(Fixtures.CPU_WEB_01, documents.get(0), "/host/containerized", "/host/id"))
                .isEmpty();
        assertThat(missing(
                        Fixtures.MEMORY_WEB_01,
                        documents.get(1),
                        "/host/containerized",
                        "/host/id",
                        "/system/memory/swap/used/pct"))
                .isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void measure_thisMachine_isPlausible() throws IOException {
        HostMetrics metrics = new HostMetrics(Clock.systemUTC(), CPU_AND_MEMORY);

        List<byte[]> documents = measureUntilCpu(metrics);

        JsonNode cpu = JSON.readTree(documents.get(0)).at("/system/cpu");
        int cores = cpu.get("cores").asInt();
        assertThat(cores).isPositive();
        assertThat(STATES.stream()
                        .mapToDouble(s -> cpu.at("/" + s + "/pct").asDouble())
                        .sum())
                .isCloseTo(cores, within(0.001));
        assertThat(STATES.stream()
                        .mapToDouble(s -> cpu.at("/" + s + "/norm/pct").asDouble())
                        .sum())
                .isCloseTo(1, within(0.001));
        assertThat(cpu.at("/total/norm/pct").asDouble()).isBetween(0.0, 1.0);

        JsonNode memory = JSON.readTree(documents.get(1)).at("/system/memory");
        assertThat(memory.get("total").asLong())
                .isGreaterThan(memory.get("free").asLong());
        assertThat(memory.at("/actual/used/pct").asDouble()).isBetween(0.0, 1.0);
        assertThat(memory.at("/used/pct").asDouble()).isBetween(0.0, 1.0);
        assertThat(memory.at("/actual/used/bytes").asLong()
                        + memory.at("/actual/free").asLong())
                .isEqualTo(memory.get("total").asLong());
    }

    @Test
    void measure_thisMachine_canBeReadAsMetricDocuments() {
        List<byte[]> documents = measureUntilCpu(new HostMetrics(CLOCK, CPU_AND_MEMORY));

        MetricDocument cpu = MetricDocument.read(documents.get(0));
        MetricDocument memory = MetricDocument.read(documents.get(1));
        assertThat(cpu.metricset()).isEqualTo("cpu");
        assertThat(cpu.dataset()).isEqualTo("system.cpu");
        assertThat(cpu.cpuPct()).isNotNull();
        assertThat(cpu.timestamp()).isEqualTo("2026-11-20T01:00:00.000Z");
        assertThat(memory.metricset()).isEqualTo("memory");
        assertThat(memory.memoryPct()).isNotNull();
        assertThat(memory.hostName()).isEqualTo(cpu.hostName()).isNotEmpty();
    }

    private static List<byte[]> measureUntilCpu(HostMetrics metrics) {
        return Awaitility.await().until(() -> metrics.measure(10_000L), documents -> documents.size() == 2);
    }

    private static JsonNode only(List<byte[]> documents) throws IOException {
        assertThat(documents).hasSize(1);
        return JSON.readTree(documents.get(0));
    }

    /** Returns the JSON pointers of the fixture that the document lacks or has with another type. */
    private static List<String> missing(byte[] fixture, byte[] document, String... optional) throws IOException {
        List<String> missing = new ArrayList<>();
        compare(JSON.readTree(fixture), JSON.readTree(document), "", missing);
        missing.removeAll(List.of(optional));
        return missing;
    }

    private static void compare(JsonNode expected, JsonNode actual, String pointer, List<String> missing) {
        if (actual.isMissingNode() || expected.getNodeType() != actual.getNodeType()) {
            missing.add(pointer);
            return;
        }
        expected.properties()
                .forEach(field -> compare(
                        field.getValue(), actual.path(field.getKey()), pointer + "/" + field.getKey(), missing));
    }
}
