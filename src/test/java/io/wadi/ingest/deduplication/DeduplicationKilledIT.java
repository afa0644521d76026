package io.wadi.ingest.deduplication;

import io.wadi.local.Ports;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of instances that take events and run the flow, while clients send each event until they have its receipt, to any
 * instance.
 */
class DeduplicationKilledIT {
    private static final long SEED = 20261125;

    @TempDir
    private Path directory;

    @Test
    void events_sentUntilTheyHaveReceipts_standOnce() throws Exception {
        run("dd-killed", 5, 10_000, 2, 900);
    }

    @Test
    @Tag("long")
    void aMillionEvents_sentUntilTheyHaveReceipts_standOnce() throws Exception {
        run("dd-killed-long", 50, 1_000_000, 20, 1800);
    }

    private void run(String topic, int perBatch, long events, int kills, long seconds) throws Exception {
        List<Integer> ports = List.of(Ports.free(), Ports.free());
        List<RouteProcess> instances = new ArrayList<>();
        try {
            for (int port : ports) {
                instances.add(start(topic, port));
            }
            try (RetryingClients clients = RetryingClients.start(ports, topic, 8, perBatch, 30, events)) {
                RandomKills moments = new RandomKills(
                        "events with a receipt", clients::acknowledged, (int) (events / kills / 2), SEED);
                for (int kill = 0; kill < kills; kill++) {
                    int killed = kill % 2;
                    moments.awaitNext(instances.get(killed));
                    instances.get(killed).kill();
                    instances.get(killed).close();
                    instances.set(killed, start(topic, ports.get(killed)));
                }
                clients.await(seconds);
                clients.check();
            }
        } finally {
            instances.forEach(RouteProcess::close);
        }
    }

    private RouteProcess start(String topic, int port) throws IOException {
        Path topics = Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - name: %s
                    partitions: 3
                    replication: 1
                    deduplicate: {within: 1h}
                    ingest: {over: [events], key: /number}
                  - {name: wadi.dead-letter, partitions: 1, replication: 1}
                """.formatted(topic));
        RouteProcess started = RouteProcess.start(
                "web-events",
                line -> {},
                List.of(
                        "-Dwadi.http.port=" + port,
                        "-Dwadi.topics-file=" + topics,
                        "-Dwadi.deduplication.group=" + topic,
                        "-Dwadi.deduplication.max-ids=2000000",
                        "-Dwadi.ingest.acknowledgement-timeout=5s"));
        started.awaitReady();
        return started;
    }
}
