package io.wadi.runtime.shutdown;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import io.wadi.testing.EventLoad;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.ServerProxy;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ingest and landing in a process of its own, stopped by SIGTERM under a load of 5,000 requests per second: each
 * request gets a response, and each event with a receipt is in Kafka once and landed once.
 */
@Nightly(
        perChange = {
            "OrderlyShutdownTest",
            "ConnectApiIT",
            "UpIT#event_isLandedAndIndexed_despiteAddressesInTheEnvironment_andUpStopsInOrder"
        })
final class StopUnderLoadIT {
    private static final int PARTITIONS = 3;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;

    /** Each client sends a hundred requests per second. */
    private static final int CLIENTS = 50;

    private static final String REPORT = "io.wadi.stop.report {";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final AtomicInteger numbers = new AtomicInteger();
    private final Set<Integer> receipted = new HashSet<>();
    private final List<Long> stopMillis = new ArrayList<>();
    private final int port = Ports.free();
    private final int management = Ports.free();

    @Test
    void sigterm_losesAndDuplicatesNothing_andAnswersEachRequest() throws Exception {
        stopRepeatedly("stop-under-load", 1);
    }

    @Test
    void sigtermFiftyTimes_losesAndDuplicatesNothing_andAnswersEachRequest() throws Exception {
        stopRepeatedly("stop-under-long-load", 50);
    }

    private void stopRepeatedly(String topic, int times) throws Exception {
        TopicProbe.create(topic, PARTITIONS);
        for (int time = 0; time < times; time++) {
            stopUnderLoad(topic);
        }
        System.out.printf(
                Locale.ROOT,
                "StopUnderLoadIT: %d events with a receipt, %d stops: median %d ms, longest %d ms%n",
                receipted.size(),
                times,
                stopMillis.stream().sorted().skip(times / 2).findFirst().orElseThrow(),
                stopMillis.stream().max(Long::compare).orElseThrow());
        landTheRest(topic);
        assertStoredOnce(topic);
    }

    private void stopUnderLoad(String topic) throws Exception {
        try (RouteProcess wadi = start(topic);
                EventLoad load = load(topic)) {
            await().atMost(LONG).until(() -> load.receipted().size() > 5000 && landedOffsets(topic) > receipted.size());
            long begin = System.nanoTime();
            int code = wadi.stop();
            stopMillis.add((System.nanoTime() - begin) / 1_000_000);
            await().atMost(LONG).until(load::isOver);
            receipted.addAll(load.receipted());

            System.out.printf(
                    Locale.ROOT,
                    "StopUnderLoadIT: %d ms to the end of the process; %d receipts, %d refused, %d not sent; %s%n",
                    stopMillis.get(stopMillis.size() - 1),
                    load.receipted().size(),
                    load.refused(),
                    load.notSent(),
                    report(wadi));
            assertThat(load.unanswered()).isEmpty();
            assertThat(code).as(wadi.output()).isZero();
            assertThat(report(wadi).path("drained").asBoolean()).isTrue();
        }
    }

    /**
     * The second signal arrives during the ten minutes that load balancers get: the process stops at once, and
     * acknowledged events are stored.
     */
    @Test
    void secondSigterm_stopsAtOnce_withoutLosingEvents() throws Exception {
        String topic = "stop-twice";
        TopicProbe.create(topic, PARTITIONS);
        try (RouteProcess wadi = start(topic, "-Dwadi.stop.delay=10m", "-Dwadi.ingest.acknowledgement-timeout=60s");
                EventLoad load = load(topic)) {
            await().atMost(LONG).until(() -> load.receipted().size() > 2000);
            wadi.signal("TERM");
            await().atMost(LONG).until(() -> ready() == 503);
            int before = load.receipted().size();
            await().atMost(LONG).until(() -> load.receipted().size() > before + 1000);
            assertThat(load.refused()).as("in the pause").isZero();

            wadi.signal("TERM");

            assertThat(wadi.awaitEnd()).isEqualTo(2);
            await().atMost(LONG).until(load::isOver);
            receipted.addAll(load.receipted());
        }
        landTheRest(topic);
        assertStoredOnce(topic);
    }

    /** The NameNode no longer responds, so that landing cannot finish its files. */
    @Test
    void stuckLanding_isAbandonedAfterItsTimeout_withExitCode2() throws Exception {
        String topic = "stop-stuck";
        TopicProbe.create(topic, PARTITIONS);
        try (ServerProxy hdfs =
                        new ServerProxy("HDFS", TestServers.shared().ports().hdfs());
                RouteProcess wadi = start(
                        topic,
                        "-Dwadi.hdfs.uri=hdfs://localhost:" + hdfs.port(),
                        // A single RPC times out after a third of this, later than the stop.
                        "-Dwadi.hdfs.request-timeout=1m",
                        "-Dwadi.stop.phase-timeout=10s",
                        "-Dwadi.stop.timeout=25s")) {
            EventLoad load = load(topic);
            await().atMost(LONG).until(() -> load.receipted().size() > 1000 && landedOffsets(topic) > 0);
            hdfs.blackhole();

            int code = wadi.stop();
            load.close();

            assertThat(code).as(wadi.output()).isEqualTo(2);
            JsonNode report = report(wadi);
            assertThat(report.path("drained").asBoolean(true)).isFalse();
            assertThat(report.path("routes"))
                    .filteredOn(route -> route.path("route").asText().equals("landing"))
                    .allMatch(route -> route.path("problem").asText().contains("did not end within 10s"))
                    .hasSize(1);
            assertThat(report.path("routes"))
                    .filteredOn(route -> route.path("route").asText().equals("events"))
                    .allMatch(route -> route.path("left").asLong() == 0)
                    .hasSize(1);
        }
    }

    private EventLoad load(String topic) {
        await().atMost(LONG).until(() -> ready() == 200);
        return EventLoad.start(port, topic, CLIENTS, numbers);
    }

    private int ready() throws InterruptedException {
        try {
            return Http.get("http://localhost:" + management + "/observe/health/ready")
                    .statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private RouteProcess start(String topic, String... more) throws IOException {
        Path topics = directory.resolve("topics.yaml");
        Files.writeString(topics, """
                topics:
                  - {name: %s, partitions: %d, replication: 1, ingest: {over: [events]}}
                  - {name: wadi.dead-letter, partitions: 1, replication: 1}
                """.formatted(topic, PARTITIONS));
        ServerPorts servers = TestServers.shared().ports();
        List<String> options = new ArrayList<>(List.of(
                "-Dwadi.http.port=" + port,
                "-Dwadi.management.port=" + management,
                "-Dwadi.topics-file=" + topics,
                "-Dwadi.hdfs.uri=" + servers.hdfsUri(),
                "-Dwadi.landing.replication=1",
                "-Dwadi.landing.topics=" + topic,
                "-Dwadi.landing.group=" + topic,
                "-Dwadi.landing.directory=/" + topic,
                "-Dwadi.landing.roll-records=1000",
                // Longer than any delay on a busy machine.
                "-Dwadi.stop.phase-timeout=60s",
                "-Dwadi.stop.timeout=60s",
                "-Dcamel.component.kafka.session-timeout-ms=15000"));
        options.addAll(List.of(more));
        return RouteProcess.start(List.of("web-events", "landing"), line -> {}, options);
    }

    private static JsonNode report(RouteProcess wadi) throws IOException {
        // The log may not contain the last output of the process yet.
        await().until(() -> wadi.output().contains(REPORT));
        String output = wadi.output();
        String line =
                output.substring(output.indexOf(REPORT)).lines().findFirst().orElseThrow();
        return JSON.readTree(line.substring(line.indexOf('{')));
    }

    private static long landedOffsets(String topic) throws IOException {
        return HdfsProbe.coveredOffsets("/" + topic, topic);
    }

    private void landTheRest(String topic) throws Exception {
        long all = KafkaProbe.readAll(topic).size();
        try (RouteProcess wadi = start(topic, "-Dwadi.landing.roll-interval=1s")) {
            // If everything has already landed, SIGTERM would otherwise arrive before the process has a signal handler.
            await().atMost(LONG).until(() -> ready() == 200 && landedOffsets(topic) >= all);
            assertThat(wadi.stop()).as(wadi.output()).isZero();
        }
    }

    private void assertStoredOnce(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> kafka = KafkaProbe.readAll(topic);
        List<Integer> numbers = kafka.stream().map(StopUnderLoadIT::number).toList();
        assertThat(numbers).doesNotHaveDuplicates();
        assertThat(new HashSet<>(numbers)).containsAll(receipted);
        HdfsProbe.assertLandedOnce(HdfsProbe.landed("/" + topic, topic), kafka, PARTITIONS);
    }

    private static Integer number(ConsumerRecord<byte[], byte[]> event) {
        return Integer.valueOf(new String(event.value(), UTF_8).replaceAll("\\D", ""));
    }
}
