package io.wadi.ingest;

import static io.wadi.testing.Fixtures.gzip;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.Rounds;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.StartedServers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies of events that are read while they arrive: compressed, long, slow, broken off, or rejected. */
class EventBodiesIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String NDJSON = "application/x-ndjson";
    private static final String TOPICS = """
            topics:
              - {name: select-color, partitions: 1, replication: 1, ingest: {over: [select, events]}}
              - {name: in-plain, partitions: 3, replication: 1, ingest: {over: [events], headers: [x-tenant]}}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;

    private static RunningWadi wadi;
    /** Runs without a minimum rate of bodies, for tests that pause a body until Kafka has its earlier events. */
    private static RunningWadi withoutBodyRate;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startIngest(settings());
        withoutBodyRate = RunningWadi.startIngest(withoutMinimumRate());
    }

    private static Map<String, String> withoutMinimumRate() throws IOException {
        Map<String, String> settings = new HashMap<>(settings());
        settings.put("wadi.http.min-body-rate", "0B");
        return settings;
    }

    private static Map<String, String> settings() throws IOException {
        return Map.of(
                "wadi.topics-file",
                Files.writeString(directory.resolve("topics.yaml"), TOPICS).toString(),
                "wadi.ingest.max-in-flight-requests",
                "8",
                "wadi.ingest.max-in-flight-bytes",
                "1536KiB",
                "wadi.ingest.send-window",
                "128KiB",
                "wadi.http.max-compression-ratio",
                "50");
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(withoutBodyRate, wadi);
    }

    @Test
    void compressedBodies_areDecompressed_andBombsAreCutOffWithTheirReceipts() throws Exception {
        byte[] lines = lines(0, 1000).getBytes(UTF_8);
        for (Map.Entry<String, byte[]> each :
                Map.of("gzip", gzip(lines), "zstd", Zstd.compress(lines)).entrySet()) {
            HttpResponse<String> answer = Http.post(
                    url("in-plain"), each.getValue(), "Content-Type", NDJSON, "Content-Encoding", each.getKey());
            assertThat(answer.statusCode()).as(each.getKey()).isEqualTo(200);
            assertThat(Http.json(answer).path("receipts")).hasSize(1000);
        }

        HttpResponse<String> bomb = Http.post(
                url("in-plain"),
                gzip(("{\"n\":1}\n" + " ".repeat(64 << 20)).getBytes(UTF_8)),
                "Content-Type",
                NDJSON,
                "Content-Encoding",
                "gzip");
        assertThat(bomb.statusCode()).isEqualTo(413);
        assertThat(Http.json(bomb).path("error").asText()).contains("more than 50 times");
        assertThat(Http.json(bomb).path("receipts")).hasSize(1);
        assertThat(KafkaProbe.at(Http.json(bomb).path("receipts").get(0)).value())
                .asString(UTF_8)
                .isEqualTo("{\"n\":1}");
    }

    @Test
    void preferMinimal_isAnsweredWithRanges() throws Exception {
        HttpResponse<String> answer = post(
                "in-plain",
                lines(0, 500) + "no event\n",
                "Content-Type",
                NDJSON,
                "Prefer",
                "wait=10",
                "Prefer",
                "respond-async, return=minimal");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("return=minimal");
        JsonNode summary = Http.json(answer);
        assertThat(summary.path("events").asInt()).isEqualTo(501);
        assertThat(summary.path("failed").asInt()).isEqualTo(1);
        long stored = 0;
        for (JsonNode place : summary.path("offsets")) {
            for (JsonNode range : place.path("ranges")) {
                stored += range.get(1).asLong() - range.get(0).asLong() + 1;
            }
        }
        assertThat(stored).isEqualTo(500);
        assertThat(summary.path("problems").get(0).path("index").asInt()).isEqualTo(500);
    }

    @Test
    @Nightly(
            perChange = {
                "SendWindowTest",
                "EventBodiesIT#preferMinimal_isAnsweredWithRanges",
                "HostileClientsIT#manyEventsInOneRead_doNotDelayOtherRequests"
            })
    void longBody_passesASmallWindow_eachEventIsStoredOnce() throws Exception {
        int events = 200_000;
        HttpResponse<String> answer = Http.post(
                url("in-plain"),
                lines(1_000_000, events).getBytes(UTF_8),
                "Content-Type",
                NDJSON,
                "Prefer",
                "return=minimal",
                "X-Tenant",
                "long");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        List<String> found = KafkaProbe.readAll("in-plain").stream()
                .filter(record -> record.headers().lastHeader("x-tenant") != null
                        && KafkaProbe.header(record, "x-tenant").equals("long"))
                .map(record -> new String(record.value(), UTF_8))
                .toList();
        assertThat(found).hasSize(events);
        assertThat(found.stream().distinct().count()).isEqualTo(events);
    }

    @Test
    void events_areSentWhileTheirBodyArrives() throws Exception {
        try (Upload upload = new Upload(withoutBodyRate, "streaming")) {
            upload.write("{\"streamed\":1}\n");
            await().until(() -> tenants("streaming") >= 1);
            assertThat(tenants("streaming")).isEqualTo(1);
            upload.write("{\"streamed\":2}\n");
            upload.end();

            String answer = upload.answer();
            assertThat(answer).startsWith("HTTP/1.1 200 ");
            assertThat(answer.split("\"offset\":", -1)).as(answer).hasSize(3);
        }
    }

    /** The limit of a slow body is reached after ten seconds. */
    @Test
    @Nightly(
            perChange = {
                "ConnectionsTest#slowBody_is408",
                "EventBodiesIT#bodyInProgressWhenWadiStops_isAnsweredWithItsReceipts",
                "Http2BodyGuardTest#slowStreamedBody_isAnsweredByItsRoute"
            })
    void slowBody_isAnsweredWithItsReceipts_andItsConnectionIsClosed() throws Exception {
        try (Upload upload = new Upload(wadi, "slow")) {
            upload.write("{\"slow\":1}\n{\"half");

            String answer = upload.answer();
            assertThat(answer)
                    .startsWith("HTTP/1.1 408 ")
                    .containsIgnoringCase("\r\nconnection: close\r\n")
                    .contains("\"error\":\"the body arrived too slowly: less than 1024 bytes a second over 10 s\"");
            assertThat(answer.split("\"offset\":", -1)).as(answer).hasSize(2);
            assertThat(tenants("slow")).isEqualTo(1);
        }
    }

    @Test
    void disconnectedClient_keepsItsStoredEvents_andReleasesItsMemory() throws Exception {
        for (int i = 0; i < Rounds.of(10, 20); i++) {
            try (Socket socket =
                    new Socket("localhost", URI.create(wadi.eventsUrl()).getPort())) {
                OutputStream out = socket.getOutputStream();
                out.write(("POST /events/in-plain HTTP/1.1\r\nHost: localhost\r\nX-Tenant: gone\r\nContent-Type: "
                                + NDJSON + "\r\nContent-Length: 60000\r\n\r\n{\"n\":" + i + "}\n{\"half")
                        .getBytes(UTF_8));
                out.flush();
                int sent = i + 1;
                await().until(() -> tenants("gone") >= sent);
                assertThat(tenants("gone")).isEqualTo(sent);
            }
        }
        // More clients have disconnected than the eight requests that may be in flight.
        await().until(() ->
                post("in-plain", "{}", "Content-Type", "application/json").statusCode() == 200);
    }

    @Test
    void rejectedBody_isDiscarded_soThatTheConnectionCanBeReused() throws Exception {
        try (Socket socket =
                new Socket("localhost", URI.create(wadi.eventsUrl()).getPort())) {
            socket.setSoTimeout((int) SOON.toMillis());
            OutputStream out = socket.getOutputStream();
            byte[] body = lines(0, 5000).getBytes(UTF_8);
            out.write(("POST /events/nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + NDJSON
                            + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(UTF_8));
            out.write(body);
            out.write("GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
            out.flush();

            String answers = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(answers.split("HTTP/1.1 404", -1)).as(answers).hasSize(3);
        }
    }

    @Test
    void bodyInProgressWhenWadiStops_isAnsweredWithItsReceipts() throws Exception {
        RunningWadi stopping = RunningWadi.startIngest(withoutMinimumRate());
        awaitOpen(stopping);
        try (Upload upload = new Upload(stopping, "stopping")) {
            upload.write("{\"n\":1}\n");
            await().until(() -> tenants("stopping") >= 1);
            assertThat(tenants("stopping")).isEqualTo(1);
            stopping.close();

            String answer = upload.answer();
            assertThat(answer).startsWith("HTTP/1.1 503 ").contains("\"error\":\"Wadi is stopping\"");
            assertThat(answer.split("\"offset\":", -1)).as(answer).hasSize(2);
        } finally {
            stopping.close();
        }
    }

    /**
     * The first request, of unknown length, holds 1,300 of 1,536 KiB; the next one is rejected for lack of memory, and
     * the first one continues. The bodies arrive in short pieces: if a long one is decoded in several turns, the rest
     * is charged to its connection, which is closed while the memory is exhausted.
     */
    @Test
    void bufferedBodies_reserveMemoryAsTheyArrive() throws Exception {
        try (Upload first = new Upload(withoutBodyRate, "whole", "application/cloudevents+json");
                Upload second = new Upload(withoutBodyRate, "whole", "application/cloudevents+json")) {
            String begin = "{\"specversion\":\"1.0\",\"id\":\"S-1\",\"source\":\"/shop\",\"type\":\"order\",";
            first.write(begin);
            for (int kib = 50; kib <= 1300; kib += 50) {
                int held = kib << 10;
                first.write(" ".repeat(50 << 10));
                await().until(() -> Scrape.of(withoutBodyRate).sum("wadi_ingest_inflight_bytes") > held);
            }
            byte[] large = "{\"text\":\"%s\"}".formatted("x".repeat(200 << 10)).getBytes(UTF_8);
            await().until(() -> Http.post(
                                    withoutBodyRate.eventsUrl() + "/events/in-plain",
                                    large,
                                    "Content-Type",
                                    "application/json")
                            .statusCode()
                    == 503);
            double before = rejectedForMemory();
            second.write(begin);
            await().until(() -> {
                second.write(" ".repeat(20 << 10));
                return rejectedForMemory() > before;
            });
            second.end();
            assertThat(second.answer())
                    .startsWith("HTTP/1.1 503 ")
                    .contains("the limit of requests or bytes in flight is reached");
            first.write("\"data\":\"x\"}");
            first.end();
            assertThat(first.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    private static double rejectedForMemory() throws Exception {
        return Scrape.of(withoutBodyRate).sum("wadi_ingest_rejections_total", "reason", "in-flight-limit");
    }

    /** Waits until the topic is ready: an earlier request may be rejected with 503. */
    private static void awaitOpen(RunningWadi started) {
        await().until(() -> Http.post(
                                started.eventsUrl() + "/events/in-plain",
                                "{}".getBytes(UTF_8),
                                "Content-Type",
                                "application/json")
                        .statusCode()
                == 200);
    }

    private static long tenants(String tenant) {
        return KafkaProbe.readAll("in-plain").stream()
                .filter(record -> record.headers().lastHeader("x-tenant") != null
                        && KafkaProbe.header(record, "x-tenant").equals(tenant))
                .count();
    }

    /** A request with a body written in pieces. */
    private static final class Upload implements AutoCloseable {
        private final Socket socket;

        Upload(RunningWadi to, String tenant) throws IOException {
            this(to, tenant, NDJSON);
        }

        Upload(RunningWadi to, String tenant, String type) throws IOException {
            socket = new Socket("localhost", URI.create(to.eventsUrl()).getPort());
            socket.setSoTimeout((int) SOON.toMillis());
            send("POST /events/in-plain HTTP/1.1\r\nHost: localhost\r\nX-Tenant: " + tenant + "\r\nContent-Type: "
                    + type + "\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
        }

        void write(String line) throws IOException {
            send(Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
        }

        void end() throws IOException {
            send("0\r\n\r\n");
        }

        private void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(UTF_8));
            socket.getOutputStream().flush();
        }

        /** Returns the whole response after the server has closed the connection. */
        String answer() throws IOException {
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String lines(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(n -> "{\"n\":" + n + ",\"text\":\"some more text, so that it is an event\"}\n")
                .collect(Collectors.joining());
    }

    private static String url(String topic) {
        return wadi.eventsUrl() + "/events/" + topic;
    }

    private static HttpResponse<String> post(String topic, String body, String... headers) throws Exception {
        return Http.post(url(topic), body.getBytes(UTF_8), headers);
    }
}
