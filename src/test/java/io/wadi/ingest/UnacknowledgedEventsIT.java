package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.KafkaProcess;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.Scrape;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Bodies of the smallest events, while the broker acknowledges none of them. */
class UnacknowledgedEventsIT {
    private static final String TOPIC = "unacknowledged";
    private static final String TOPICS = """
            topics:
              - {name: unacknowledged, partitions: 3, replication: 1, ingest: {over: [events]}}
              - {name: select-color, partitions: 1, replication: 1}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;
    private static final List<String> ADDRESSES = List.of("127.0.0.1", "127.0.0.2");
    private static final int BODIES_PER_ADDRESS = 4;
    /** Far more than a request's window has space for. */
    private static final byte[] BODY = "{}\n".repeat(400_000).getBytes(US_ASCII);

    @TempDir
    private Path directory;

    @Test
    @EnabledOnOs(OS.LINUX)
    @Nightly(perChange = "EventSenderTest#tinyEvents_areChargedWithTheirObjects")
    void tinyEvents_doNotExhaustAHeapOf256MiB_whileTheBrokerIsFrozen() throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(directory);
                IngestProcess wadi = IngestProcess.start(directory.resolve("wadi"), "256m", kafka.brokers(), TOPICS)) {
            await().until(() -> post(wadi) == 200);
            kafka.freeze();
            List<CompletableFuture<String>> responses = new ArrayList<>();
            for (String address : ADDRESSES) {
                for (int i = 0; i < BODIES_PER_ADDRESS; i++) {
                    responses.add(CompletableFuture.supplyAsync(
                            () -> stream(wadi, address), task -> new Thread(task).start()));
                }
            }

            assertThat(responses).allSatisfy(each -> assertThat(each.join()).startsWith("HTTP/1.1 503 "));
            kafka.thaw();
            await().until(() -> post(wadi) == 200);
            assertThat(rejected(wadi)).isGreaterThanOrEqualTo(responses.size());
            assertThat(wadi.peakHeapAfterCollectionMiB()).isLessThan(160);
        }
    }

    /** Sends a body as fast as the server reads it; returns the response. */
    private static String stream(IngestProcess wadi, String address) {
        URI url = URI.create(wadi.eventsUrl());
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /events/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n"
                            .formatted(TOPIC, BODY.length)
                            .getBytes(US_ASCII));
            out.write(BODY);
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int post(IngestProcess wadi) throws Exception {
        return Http.post(
                        wadi.eventsUrl() + "/events/" + TOPIC, "{}".getBytes(UTF_8), "Content-Type", "application/json")
                .statusCode();
    }

    private static double rejected(IngestProcess wadi) throws Exception {
        return new Scrape(Http.get(wadi.managementUrl() + "/observe/metrics").body())
                .sum("wadi_ingest_requests_total", "path", "/events/{topic}", "status", "5xx");
    }
}
