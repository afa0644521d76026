package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TestServers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that try to exhaust the memory of the event port, or to block other clients. The hostile ones have the
 * address 127.0.0.2, the honest one 127.0.0.1.
 */
class HostileClientsIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String TOPIC = "hostile-in";
    private static final long POOL = 8 << 20;
    private static final String TOPICS = """
            topics:
              - {name: select-color, partitions: 1, replication: 1, ingest: {over: [select, events]}}
              - {name: %s, partitions: 1, replication: 1, ingest: {over: [events, topics]}}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
            """.formatted(TOPIC);

    @AutoClose
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    private final List<Socket> hostile = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startIngest(Map.of(
                "wadi.topics-file",
                Files.writeString(directory.resolve("topics.yaml"), TOPICS).toString(),
                "wadi.ingest.max-in-flight-bytes",
                "8MiB",
                // The test itself closes the hostile connections.
                "wadi.http.min-body-rate",
                "0B",
                "wadi.http.headers-timeout",
                "1m",
                "wadi.http.event-loops",
                "1"));
        await().until(() -> honest("{}".getBytes(UTF_8)).statusCode() == 200);
    }

    @AfterEach
    void disconnect() throws IOException {
        for (Socket socket : hostile) {
            socket.close();
        }
        await().untilAsserted(() -> assertThat(held()).isZero());
    }

    private static double held() throws Exception {
        return Scrape.of(wadi).sum("wadi_ingest_inflight_bytes");
    }

    private static HttpResponse<String> honest(byte[] body) throws Exception {
        return Http.post(wadi.eventsUrl() + "/events/" + TOPIC, body, "Content-Type", "application/x-ndjson");
    }

    private static byte[] event(int length) {
        return ("{\"a\":\"" + "x".repeat(length) + "\"}\n").getBytes(UTF_8);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        hostile.add(socket);
        socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0));
        socket.connect(new InetSocketAddress(
                InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                URI.create(wadi.eventsUrl()).getPort()));
        socket.setSoTimeout((int) SOON.toMillis());
        return socket;
    }

    private Socket begin(String coding, long length) throws IOException {
        Socket socket = connect();
        send(
                socket,
                "POST /events/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n%sContent-Length: %d\r\n\r\n"
                        .formatted(TOPIC, coding.isEmpty() ? "" : "Content-Encoding: " + coding + "\r\n", length));
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        socket.getOutputStream().flush();
    }

    private static byte[] encoded(String coding, byte[] plain) throws IOException {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try (OutputStream out =
                coding.equals("gzip") ? new GZIPOutputStream(encoded) : new ZstdOutputStreamNoFinalizer(encoded)) {
            out.write(plain);
        }
        return encoded.toByteArray();
    }

    /** Each body is about 1 KB and decompresses to 1 MB; without a limit, a few hundred of them exhaust the heap. */
    @Test
    void unfinishedCompressedEvents_holdAtMostTheClientsShare_andOthersAreServed() throws Exception {
        for (String coding : List.of("gzip", "zstd")) {
            byte[] body = encoded(coding, event(900_000));
            for (int i = 0; i < 60; i++) {
                Socket socket = begin(coding, body.length);
                socket.getOutputStream().write(body, 0, body.length - 8);
            }
            await().until(() -> isAnyRejected(hostile));

            assertThat(held()).isLessThan(POOL * 0.7);
            assertThat(honest(event(900_000)).statusCode()).as("another client").isEqualTo(200);
            disconnect();
            hostile.clear();
        }
    }

    private static boolean isAnyRejected(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            if (socket.getInputStream().available() > 0) {
                assertThat(Http.statusLine(socket)).isEqualTo("HTTP/1.1 503 Service Unavailable");
                return true;
            }
        }
        return false;
    }

    @Test
    void announcedContentLengths_reserveNoMemory() throws Exception {
        for (int i = 0; i < 60; i++) {
            send(begin("", 4_000_000_000L), "{\"a\":1}\n");
        }
        await().untilAsserted(() -> assertThat(held()).isGreaterThan(60.0 * (32 << 10)));

        assertThat(held()).isLessThan(60.0 * (128 << 10));
        assertThat(honest(event(900_000)).statusCode()).isEqualTo(200);
    }

    /** With 503, the client would send the body again in vain. */
    @Test
    void bodyLongerThanTheShareOfOneClient_isTooLarge() throws Exception {
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/topics/" + TOPIC,
                event(6 << 20),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
        assertThat(answer.body()).contains("longer than 5592404 bytes");
    }

    @Test
    void zstdFrames_withTheLargestWindow_areChargedBeforeTheyAreAllocated() throws Exception {
        byte[] body = {
            0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, 13 << 3, /* a raw block of 100,000 bytes */ 0, 0x35, 0x0C, '{'
        };
        for (int i = 0; i < 10; i++) {
            Socket socket = begin("zstd", 1000);
            socket.getOutputStream().write(body);
            assertThat(Http.statusLine(socket)).isEqualTo("HTTP/1.1 503 Service Unavailable");
        }
        assertThat(honest(event(900_000)).statusCode()).isEqualTo(200);
    }

    @Test
    void invalidLines_endTheBodyAfterAThousand() throws Exception {
        double before = rejected();
        byte[] body = encoded("gzip", "1\n".repeat(1 << 19).getBytes(US_ASCII));
        assertThat(body).hasSizeLessThan(2000);

        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/" + TOPIC,
                body,
                "Content-Type",
                "application/x-ndjson",
                "Content-Encoding",
                "gzip",
                "Prefer",
                "return=minimal");

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode json = Http.json(answer);
        assertThat(json.path("error").asText())
                .isEqualTo(
                        "the body was not read further after 1,001 rejected events, expected at most 1,000: correct them and send the rest again");
        assertThat(json.path("failed").asInt()).isEqualTo(1001);
        await().untilAsserted(() -> assertThat(rejected()).isEqualTo(before + 1001));
    }

    private static double rejected() throws Exception {
        return Scrape.of(wadi).sum("wadi_ingest_events_total", "topic", TOPIC, "outcome", "rejected");
    }

    /** The whole body arrives in one read, and is processed over many iterations of the only event loop. */
    @Test
    void manyEventsInOneRead_doNotDelayOtherRequests() throws Exception {
        byte[] body = encoded("gzip", "{}\n".repeat(340_000).getBytes(US_ASCII));
        int before = 0;
        // This client may pause on a busy machine.
        for (int attempt = 0; attempt < 5 && before <= 2; attempt++) {
            before = answeredBefore(body);
        }

        // One request may be answered before the event loop reads the body.
        assertThat(before)
                .as("requests that came later and were answered before it")
                .isGreaterThan(2);
    }

    /** Sends a batch, and returns how many later requests, up to 10, are answered before it. */
    private int answeredBefore(byte[] body) throws Exception {
        Socket batch = begin("gzip", body.length);
        batch.getOutputStream().write(body);
        int before = 0;
        while (before < 10 && batch.getInputStream().available() == 0) {
            assertThat(honest("{}\n".getBytes(US_ASCII)).statusCode()).isEqualTo(200);
            before += batch.getInputStream().available() == 0 ? 1 : 0;
        }
        assertThat(Http.statusLine(batch)).isEqualTo("HTTP/1.1 200 OK");
        return before;
    }

    /**
     * Without limits, one of these bodies needs more than the heap: 487 MB of array elements, or 235 MB of a JSON tree.
     */
    @Test
    @Nightly(
            perChange = {
                "BodyEventsReadingTest#tooManyEvents_endTheBody",
                "CloudEventsTest#attributes_areLimitedInNumber",
                "RestRecordsLimitsTest#key_isNotParsedIntoATree"
            })
    void bodiesOfTinyValues_areRejectedWithinASmallHeap() throws Exception {
        byte[] zeros = ("[0" + ",0".repeat(4_190_000) + "]").getBytes(US_ASCII);
        String objects = "[{}" + ",{}".repeat(2_790_000) + "]";
        byte[] key =
                "{\"records\":[{\"value\":1,\"key\":%s}]}".formatted(objects).getBytes(US_ASCII);
        byte[] attributes = IntStream.range(0, 100_000)
                .mapToObj("\"%x\":1"::formatted)
                .collect(Collectors.joining(",", "{", "}"))
                .getBytes(US_ASCII);
        try (IngestProcess small = IngestProcess.start(
                Files.createDirectory(directory.resolve("small")),
                "256m",
                TestServers.shared().ports().kafkaBrokers(),
                TOPICS,
                "kafka-rest.camel.yaml",
                "receipts.camel.yaml")) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> batch =
                        post(small, "/events/" + TOPIC, zeros, "application/cloudevents-batch+json");
                assertThat(batch.statusCode()).as(batch.body()).isEqualTo(400);
                assertThat(batch.body()).contains("the body was not read further after 1,001 rejected events");
                assertThat(post(small, "/events/" + TOPIC, attributes, "application/cloudevents+json")
                                .body())
                        .contains("an event has at most 256 attributes");
                HttpResponse<String> record =
                        post(small, "/topics/" + TOPIC, key, "application/vnd.kafka.json.v2+json");
                assertThat(Http.json(record)
                                .path("offsets")
                                .get(0)
                                .path("error")
                                .asText())
                        .as(record.body())
                        .matches("/records/0: longer than \\d{7} bytes");
                HttpResponse<String> receipts =
                        post(small, "/receipts", objects.getBytes(US_ASCII), "application/json");
                assertThat(receipts.statusCode()).as(receipts.body()).isEqualTo(413);
            }
            assertThat(post(small, "/events/" + TOPIC, event(900_000), "application/x-ndjson")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(small.peakHeapAfterCollectionMiB()).isLessThan(160);
        }
    }

    private static HttpResponse<String> post(IngestProcess to, String path, byte[] body, String type) throws Exception {
        return Http.post(to.eventsUrl() + path, body, "Content-Type", type);
    }

    @Test
    void unfinishedRequestHeads_holdAtMostTheClientsShare() throws Exception {
        double before = endedForMemory();
        String head = "GET /api/select HTTP/1.1\r\nHost: x\r\nX-Long: " + "y".repeat(15_000);
        for (int i = 0; i < 600; i++) {
            send(connect(), head);
        }
        await().untilAsserted(() -> assertThat(endedForMemory()).isGreaterThan(before));
        assertThat(held()).isBetween(POOL / 4.0, POOL * 0.7);
        assertThat(honest(event(900_000)).statusCode()).isEqualTo(200);
    }

    /** Otherwise one read of a connection would create hundreds of long responses, which the client does not read. */
    @Test
    void unreadResponses_areNotCreatedAhead() throws Exception {
        String many = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500);
        double before = documents();
        for (int i = 0; i < 5; i++) {
            Socket socket = connect();
            socket.setReceiveBufferSize(4096);
            send(socket, many);
        }
        await().untilAsserted(() -> assertThat(documents()).isGreaterThanOrEqualTo(before + 5));
        assertThat(honest(event(1000)).statusCode()).isEqualTo(200);

        assertThat(documents()).as("of 2,500 requests").isLessThan(before + 1000);
        Socket reading = connect();
        send(reading, many + "GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        String answers = new String(reading.getInputStream().readAllBytes(), UTF_8);
        assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(502);
    }

    @Test
    void unreadResponses_holdAtMostTheClientsShare() throws Exception {
        double before = endedForMemory();
        String many = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
        for (int i = 0; i < 300; i++) {
            send(connect(), many);
        }
        await().untilAsserted(() -> assertThat(endedForMemory()).isGreaterThan(before));
        assertThat(held()).isLessThan(POOL * 0.7);
        assertThat(honest(event(900_000)).statusCode()).isEqualTo(200);
    }

    private static double endedForMemory() throws Exception {
        return Scrape.of(wadi).sum("wadi_ingest_connections_ended_total", "reason", "memory-limit");
    }

    private static double documents() throws Exception {
        return Scrape.of(wadi).sum("wadi_ingest_requests_total", "path", "/openapi.json");
    }

    @Test
    void requestsWithoutExactlyOneHost_andMalformedChunks_areAnsweredWith400() throws Exception {
        for (String hosts : List.of("", "Host: a\r\nHost: b\r\n")) {
            Socket socket = connect();
            send(socket, "GET /api/select HTTP/1.1\r\n" + hosts + "\r\n");
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("exactly one Host header");
        }
        for (String path : List.of("/events/" + TOPIC, "/topics/" + TOPIC)) {
            Socket socket = connect();
            send(
                    socket,
                    "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\nzz\r\n");
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("chunked transfer coding");
        }
    }
}
