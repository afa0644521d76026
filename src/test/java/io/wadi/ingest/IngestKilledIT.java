package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.KafkaProcess;
import io.wadi.local.Ports;
import io.wadi.testing.EventLoad;
import io.wadi.testing.EventLoad.Receipt;
import io.wadi.testing.RouteProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills an ingest process with kill -9 while each of its clients waits for a receipt. The broker is frozen, so the
 * records may be in flight.
 */
class IngestKilledIT {
    private static final String TOPIC = "ingest-killed";
    private static final int CLIENTS = 10;
    private static final int RECEIPTS = 200;

    @TempDir
    private Path directory;

    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, Receipt> receipts = new HashMap<>();

    @Test
    void receiptsOfAKilledProcess_matchStoredRecords_andARestartedOneIssuesMore() throws Exception {
        int port = Ports.free();
        try (KafkaProcess kafka = KafkaProcess.start(directory)) {
            EventLoad killed;
            try (RouteProcess ingest = start(kafka, port)) {
                killed = send(port);
                kafka.freeze();
                // The frozen broker acknowledges none of them, and Wadi's timeout is longer than this test.
                await().until(() -> numbers.get() - receipts(killed) == CLIENTS);
                ingest.kill();
                await().until(killed::isOver);
                killed.close();
            }
            kafka.thaw();
            // A client may have connected once more before the port was closed.
            assertThat(killed.unanswered()).hasSizeGreaterThanOrEqualTo(CLIENTS);
            assertThat(killed.refused()).isZero();
            receipts.putAll(killed.receipts());

            try (RouteProcess ingest = start(kafka, port);
                    EventLoad load = send(port)) {
                load.close();
                assertThat(load.unanswered()).as("see %s", ingest.log()).isEmpty();
                receipts.putAll(load.receipts());
            }
            ReceiptCheck.check(kafka.brokers(), TOPIC, receipts);
        }
    }

    /** Starts clients that send events; returns once many events have receipts. */
    private EventLoad send(int port) {
        EventLoad load = EventLoad.start(port, TOPIC, CLIENTS, numbers);
        await().until(() -> receipts(load) >= RECEIPTS);
        return load;
    }

    private static int receipts(EventLoad load) {
        return load.receipts().size();
    }

    private RouteProcess start(KafkaProcess kafka, int port) throws IOException {
        Path topics = Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - {name: %s, partitions: 3, replication: 1, ingest: {over: [events], key: /number}}
                  - {name: wadi.dead-letter, partitions: 1, replication: 1}
                """.formatted(TOPIC));
        RouteProcess process = RouteProcess.start(
                "web-events",
                line -> {},
                List.of(
                        "-Dwadi.kafka.brokers=" + kafka.brokers(),
                        "-Dwadi.http.port=" + port,
                        "-Dwadi.topics-file=" + topics,
                        "-Dwadi.ingest.acknowledgement-timeout=60s"));
        process.awaitReady();
        return process;
    }
}
