package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uses kill -9 on instances that ingest events and run the flow, while clients send each event to any instance until
 * they have its receipt. The test of a million events also lands and indexes the topic.
 */
class DeduplicationKilledIT {
    private static final long SEED = 20261125;

    @TempDir
    private Path directory;

    @Test
    void eventsResentUntilReceipts_areStoredOnce() throws Exception {
        run("dd-killed", List.of("web-events"), 5, 3_000, 1, 900);
    }

    @Test
    @Nightly(perChange = "DeduplicationKilledIT#eventsResentUntilReceipts_areStoredOnce")
    void millionEvents_retriedUntilReceipts_areStoredLandedAndIndexedOnce() throws Exception {
        run("dd-killed-long", List.of("web-events", "landing", "indexing"), 50, 1_000_000, 20, 1800);
    }

    private void run(String topic, List<String> routes, int perBatch, long events, int kills, long seconds)
            throws Exception {
        List<Integer> ports = List.of(Ports.free(), Ports.free());
        List<RouteProcess> instances = new ArrayList<>();
        try {
            for (int port : ports) {
                instances.add(start(topic, routes, port));
            }
            try (RetryingClients clients = RetryingClients.start(ports, topic, 8, perBatch, 30, events)) {
                RandomKills moments = new RandomKills(
                        "events with a receipt", clients::acknowledged, (int) (events / kills / 2), SEED);
                for (int kill = 0; kill < kills; kill++) {
                    int killed = kill % 2;
                    moments.awaitNext(instances.get(killed));
                    instances.get(killed).kill();
                    instances.get(killed).close();
                    instances.set(killed, start(topic, routes, ports.get(killed)));
                }
                clients.await(seconds);
                clients.check();
            }
            if (routes.contains("landing")) {
                checkTargets(topic, events);
            }
        } finally {
            instances.forEach(RouteProcess::close);
        }
    }

    /** Asserts that the topic's files and its index have each event once. */
    private static void checkTargets(String topic, long events) throws IOException {
        ElasticsearchProbe elasticsearch =
                new ElasticsearchProbe("http://" + TestServers.shared().ports().elasticsearchHosts());
        JsonNode numbers = await().atMost(ChildJvm.START_TIMEOUT.multipliedBy(3))
                .until(
                        () -> indexedNumbers(elasticsearch, topic),
                        found -> found.path("count").asLong() >= events);
        assertThat(numbers.path("count").asLong()).isEqualTo(events);
        assertThat(numbers.path("max").asLong()).isEqualTo(events - 1);
        assertThat(numbers.path("sum").asLong()).isEqualTo(events * (events - 1) / 2);

        await().until(() -> landedOnce(topic) == events);
        System.out.printf("%s: %d events, each once in Kafka, HDFS and index%n", topic, events);
    }

    /** Returns the number of events in visible files; fails if an event is there twice. */
    private static int landedOnce(String topic) throws IOException {
        BitSet landed = new BitSet();
        List<String> again = new ArrayList<>();
        HdfsProbe.forEach(
                "/" + topic,
                topic,
                file -> file.lines().forEach(line -> {
                    int number = Integer.parseInt(line.replaceAll("\\D", ""));
                    if (landed.get(number)) {
                        again.add("%s in partition %d from offset %d".formatted(line, file.partition(), file.first()));
                    }
                    landed.set(number);
                }));
        assertThat(again).isEmpty();
        return landed.cardinality();
    }

    private static JsonNode indexedNumbers(ElasticsearchProbe elasticsearch, String topic) throws Exception {
        elasticsearch.request("POST", "/" + topic + "/_refresh", "");
        return elasticsearch.request("POST", "/" + topic + "/_search", """
                        {"size": 0, "aggs": {"numbers": {"stats": {"field": "number"}}}}""").at("/aggregations/numbers");
    }

    private RouteProcess start(String topic, List<String> routes, int port) throws IOException {
        Path topics = Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - name: %s
                    partitions: 3
                    replication: 1
                    deduplicate: {within: 1h}
                    ingest: {over: [events], key: /number}
                  - {name: wadi.dead-letter, partitions: 1, replication: 1}
                """.formatted(topic));
        ServerPorts servers = TestServers.shared().ports();
        RouteProcess started = RouteProcess.start(
                routes,
                line -> {},
                List.of(
                        "-Dwadi.http.port=" + port,
                        "-Dwadi.topics-file=" + topics,
                        "-Dwadi.deduplication.group=" + topic,
                        "-Dwadi.deduplication.max-ids=2000000",
                        "-Dwadi.hdfs.uri=" + servers.hdfsUri(),
                        "-Dwadi.landing.topics=" + topic,
                        "-Dwadi.landing.group=" + topic + "-landing",
                        "-Dwadi.landing.directory=/" + topic,
                        "-Dwadi.landing.replication=1",
                        "-Dwadi.landing.roll-interval=10s",
                        "-Dwadi.elasticsearch.hosts=" + servers.elasticsearchHosts(),
                        "-Dwadi.indexing.topic=" + topic,
                        "-Dwadi.indexing.index=" + topic,
                        "-Dwadi.indexing.group=" + topic + "-indexing",
                        "-Dwadi.ingest.acknowledgement-timeout=5s"));
        started.awaitReady();
        return started;
    }
}
