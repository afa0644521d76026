package io.wadi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class HostMetricsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T01:00:00Z"), ZoneOffset.UTC);
    private static final List<String> CPU_AND_MEMORY = List.of("cpu", "memory");

    @Test
    void measure_firstTime_returnsMemoryOnly() throws IOException {
        HostMetrics metrics =
                new HostMetrics(CLOCK, CPU_AND_MEMORY, () -> new ScriptedMachine(ticks(100, 0, 50, 800, 10, 0, 5, 0)));

        JsonNode memory = only(metrics.measure(10_000L));

        assertThat(memory.at("/metricset/name").asText()).isEqualTo("memory");
    }

    @Test
    void measure_secondTime_hasCpuUsageSinceTheFirst() throws IOException {
        HostMetrics metrics = new HostMetrics(
                CLOCK,
                CPU_AND_MEMORY,
                () -> new ScriptedMachine(
                        ticks(100, 0, 50, 800, 10, 0, 5, 0), ticks(1500, 30, 400, 4800, 60, 7, 40, 3)));
        metrics.measure(10_000L);

        List<byte[]> documents = metrics.measure(10_000L);

        assertThat(documents).hasSize(2);
        JsonNode cpu = JSON.readTree(documents.get(0));
        // differences: user 1400, nice 30, system 350, idle 4000, iowait 50, irq 7, softirq 35, steal 3: 5875, 2 cores
        assertThat(cpu.at("/system/cpu")).isEqualTo(JSON.readTree("""
                                {"cores":2,
                                 "total":{"pct":0.6213,"norm":{"pct":0.3106}},
                                 "user":{"pct":0.4766,"norm":{"pct":0.2383}},
                                 "nice":{"pct":0.0102,"norm":{"pct":0.0051}},
                                 "system":{"pct":0.1191,"norm":{"pct":0.0596}},
                                 "idle":{"pct":1.3617,"norm":{"pct":0.6809}},
                                 "iowait":{"pct":0.017,"norm":{"pct":0.0085}},
                                 "irq":{"pct":0.0024,"norm":{"pct":0.0012}},
                                 "softirq":{"pct":0.0119,"norm":{"pct":0.006}},
                                 "steal":{"pct":0.001,"norm":{"pct":5.0E-4}}}
                                """));
        assertThat(cpu.at("/host/cpu/usage").asDouble()).isEqualTo(0.3106);
        assertThat(JSON.readTree(documents.get(1)).at("/host").has("cpu")).isFalse();
    }

    @Test
    void measure_twiceWithinATick_hasNoCpu() throws IOException {
        long[] ticks = ticks(100, 0, 50, 800, 10, 0, 5, 0);
        HostMetrics metrics = new HostMetrics(CLOCK, CPU_AND_MEMORY, () -> new ScriptedMachine(ticks, ticks));
        metrics.measure(null);

        assertThat(only(metrics.measure(null)).at("/metricset/name").asText()).isEqualTo("memory");
    }

    @Test
    void measure_decreasedIowait_countsAsZero() throws IOException {
        HostMetrics metrics = new HostMetrics(
                CLOCK,
                CPU_AND_MEMORY,
                () -> new ScriptedMachine(ticks(0, 0, 0, 0, 50, 0, 0, 0), ticks(100, 0, 0, 100, 40, 0, 0, 0)));
        metrics.measure(null);

        MetricDocument cpu = MetricDocument.read(metrics.measure(null).get(0));

        assertThat(cpu.cpuPct()).isEqualTo(0.5);
    }

    @Test
    void measure_memory_matchesMetricbeatsDefinition() throws IOException {
        HostMetrics metrics =
                new HostMetrics(CLOCK, CPU_AND_MEMORY, () -> new ScriptedMachine(ticks(0, 0, 0, 0, 0, 0, 0, 0)));

        assertThat(only(metrics.measure(null)).at("/system/memory")).isEqualTo(JSON.readTree("""
                                {"total":8000000000,"free":1000000000,"cached":2000000000,
                                 "used":{"bytes":7000000000,"pct":0.875},
                                 "actual":{"free":2900000000,"used":{"bytes":5100000000,"pct":0.6375}},
                                 "swap":{"total":0,"free":0,"used":{"bytes":0}}}
                                """));
    }

    @Test
    void measure_load_matchesMetricbeatsDefinition() throws IOException {
        assertThat(only(scripted("load").measure(null)).at("/system/load")).isEqualTo(JSON.readTree("""
                                {"1":1.5,"5":0.75,"15":0.33,"norm":{"1":0.75,"5":0.375,"15":0.165},"cores":2}
                                """));
    }

    @Test
    void measure_filesystems_haveOneDocumentEach() throws IOException {
        List<byte[]> documents = scripted("filesystem").measure(null);

        assertThat(documents).hasSize(2);
        assertThat(JSON.readTree(documents.get(0)).at("/event/dataset").asText())
                .isEqualTo("system.filesystem");
        assertThat(JSON.readTree(documents.get(0)).at("/system/filesystem")).isEqualTo(JSON.readTree("""
                                {"mount_point":"/","device_name":"/dev/sda1","type":"ext4","total":1000,"free":400,"available":350,
                                 "used":{"bytes":600,"pct":0.6316},"files":50,"free_files":20}
                                """));
        assertThat(JSON.readTree(documents.get(1)).at("/system/filesystem/used"))
                .isEqualTo(JSON.readTree("{\"bytes\":0}"));
    }

    @Test
    void measure_interfaces_haveOneDocumentEach() throws IOException {
        List<byte[]> documents = scripted("network").measure(null);

        assertThat(documents).hasSize(2);
        assertThat(JSON.readTree(documents.get(0)).at("/system/network")).isEqualTo(JSON.readTree("""
                                {"name":"eth0","in":{"bytes":1,"packets":2,"errors":3,"dropped":4},
                                 "out":{"bytes":5,"packets":6,"errors":7}}
                                """));
        assertThat(MetricDocument.read(documents.get(1)).metricset()).isEqualTo("network");
    }

    @Test
    void measure_failedMetricset_logsAWarning_andReturnsTheOthers() {
        HostMetrics metrics = new HostMetrics(CLOCK, List.of("cpu", "load"), () -> new ScriptedMachine() {
            @Override
            public long[] cpuTicks() {
                throw new IllegalStateException("/proc/stat: permission denied");
            }
        });

        try (Warnings warnings = new Warnings(HostMetrics.class.getName())) {
            List<byte[]> documents = metrics.measure(null);

            assertThat(documents)
                    .extracting(document -> MetricDocument.read(document).metricset())
                    .containsExactly("load");
            assertThat(warnings.take())
                    .containsExactly("Host metrics: measuring cpu failed, retrying in the next run: "
                            + "java.lang.IllegalStateException: /proc/stat: permission denied");
        }
    }

    private static HostMetrics scripted(String metricset) {
        return new HostMetrics(CLOCK, List.of(metricset), ScriptedMachine::new);
    }

    private static JsonNode only(List<byte[]> documents) throws IOException {
        assertThat(documents).hasSize(1);
        return JSON.readTree(documents.get(0));
    }

    private static long[] ticks(long... byType) {
        return byType;
    }

    /** A machine of two cores with the given tick counters. */
    private static class ScriptedMachine implements Machine {
        private final Deque<long[]> ticks;

        ScriptedMachine(long[]... ticks) {
            this.ticks = new ArrayDeque<>(List.of(ticks));
        }

        @Override
        public int cores() {
            return 2;
        }

        @Override
        public long[] cpuTicks() {
            return ticks.remove();
        }

        @Override
        public MemoryUsage memory() {
            return new MemoryUsage(
                    8_000_000_000L,
                    2_900_000_000L,
                    OptionalLong.of(1_000_000_000),
                    OptionalLong.of(2_000_000_000),
                    0,
                    0);
        }

        @Override
        public Optional<LoadAverage> load() {
            return Optional.of(new LoadAverage(1.5, 0.75, 0.33, 2));
        }

        @Override
        public List<FilesystemUsage> filesystems() {
            return List.of(
                    new FilesystemUsage("/", "/dev/sda1", "ext4", 1000, 400, 350, 50, 20),
                    new FilesystemUsage("/empty", "/dev/sda2", "ext4", 0, 0, 0, 0, 0));
        }

        @Override
        public List<NetworkTraffic> networks() {
            NetworkTraffic.Way in = new NetworkTraffic.Way(1, 2, 3, OptionalLong.of(4));
            NetworkTraffic.Way out = new NetworkTraffic.Way(5, 6, 7, OptionalLong.empty());
            return List.of(new NetworkTraffic("eth0", in, out), new NetworkTraffic("lo", in, out));
        }

        @Override
        public ObjectNode host() {
            return JsonNodeFactory.instance.objectNode().put("name", "scripted");
        }
    }
}
