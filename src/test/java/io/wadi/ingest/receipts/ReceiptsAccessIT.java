package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.local.Ports;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts are returned only to clients that may write to their topic, and to a limited number at a time. */
class ReceiptsAccessIT {
    private static final Duration MAX_WAIT = Duration.ofMinutes(2);
    /** The number of requests, of 90, that one client may have at a time. */
    private static final int SHARE = 64;

    @TempDir
    private static Path directory;

    private static String shop;
    private static String other;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        shop = ApiKey.make("shop", new SecureRandom());
        other = ApiKey.make("other", new SecureRandom());
        Path keys = Files.writeString(
                directory.resolve("keys.yaml"), """
                keys:
                  - {name: shop, sha256: [%s], topics: ["receipts-shop"]}
                  - {name: other, sha256: [%s], topics: ["receipts-other"]}
                """.formatted(ApiKey.hashOf(shop), ApiKey.hashOf(other)));
        Path topics = Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - {name: receipts-shop, partitions: 1, replication: 1, ingest: true}
                  - {name: receipts-other, partitions: 1, replication: 1, ingest: true}
                  - {name: select-color, partitions: 3, replication: 1, ingest: {over: [select, pixel, events, topics], keys: [anyone]}}
                  - {name: wadi.dead-letter, partitions: 1, replication: 1}
                  - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
                """);
        // Landing is configured but does not run, so that all records are pending.
        wadi = RunningWadi.startRoutes(
                List.of("web-events", "receipts"),
                Map.of(
                        "wadi.topics-file",
                        topics.toString(),
                        "wadi.ingest.keys-file",
                        keys.toString(),
                        "wadi.landing.topics",
                        "receipts-shop,select-color",
                        "wadi.landing.group",
                        "receipts-access-landing",
                        "wadi.hdfs.uri",
                        "hdfs://localhost:" + Ports.free(),
                        "wadi.receipts.max-waiting",
                        "90"));
    }

    private static HttpResponse<String> get(String receipt, String key) throws Exception {
        String url = wadi.eventsUrl() + "/receipts/" + receipt;
        return key == null ? Http.get(url) : Http.get(url, "Authorization", "Bearer " + key);
    }

    private static void send(String topic, String key) throws Exception {
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/" + topic,
                "{\"n\":1}".getBytes(UTF_8),
                "Content-Type",
                "application/json",
                "Authorization",
                "Bearer " + key);
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void receipt_isReturnedOnlyToClientsOfItsTopic() throws Exception {
        send("receipts-shop", shop);

        assertThat(get("receipts-shop/0/0", shop).statusCode()).isEqualTo(200);
        List<HttpResponse<String>> refused = List.of(
                get("receipts-shop/0/0", other),
                get("receipts-shop/0/0", null),
                get("receipts-nowhere/0/0", shop),
                get("receipts-shop/0/999999", shop));
        assertThat(refused).extracting(HttpResponse::statusCode).containsOnly(404);
        assertThat(refused).extracting(HttpResponse::body).containsOnly("{\"error\":\"no such receipt\"}");
        assertThat(refused)
                .extracting(each -> each.headers().map().keySet())
                .containsOnly(refused.get(0).headers().map().keySet());
        assertThat(get("receipts-shop/0/0", "wadi_unknown_key").statusCode()).isEqualTo(401);
    }

    @Test
    void severalReceipts_areAuthorizedOneByOne() throws Exception {
        send("receipts-shop", shop);
        send("receipts-other", other);

        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/receipts",
                ("[{\"topic\":\"receipts-shop\",\"partition\":0,\"offset\":0},"
                                + "{\"topic\":\"receipts-other\",\"partition\":0,\"offset\":0}]")
                        .getBytes(UTF_8),
                "Content-Type",
                "application/json",
                "Authorization",
                "Bearer " + other);

        assertThat(Http.json(answer).path(0).toString()).isEqualTo("{\"error\":\"no such receipt\"}");
        assertThat(Http.json(answer).at("/1/landed/state").asText()).isEqualTo("not-configured");
    }

    @Test
    void unavailableHdfs_isAProblemOfTheLandedTarget() throws Exception {
        JsonNode sent = Http.json(Http.post(
                wadi.eventsUrl() + "/events/select-color",
                "{\"n\":1}".getBytes(UTF_8),
                "Content-Type",
                "application/json"));
        int partition = sent.at("/receipts/0/partition").asInt();
        long offset = sent.at("/receipts/0/offset").asLong();
        String receipt = "select-color/%d/%d".formatted(partition, offset);
        assertThat(Http.json(get(receipt, null)).at("/landed/state").asText()).isEqualTo("pending");

        GroupProbe.commit("receipts-access-landing", new TopicPartition("select-color", partition), offset + 1);

        HttpResponse<String> found =
                await().atMost(MAX_WAIT).until(() -> get(receipt, null), one -> one.statusCode() == 200);
        JsonNode landed = Http.json(found).path("landed");
        assertThat(landed.path("state").asText()).isEqualTo("landed");
        assertThat(landed.path("file").isNull()).isTrue();
        assertThat(landed.path("problem").asText()).isNotBlank();
    }

    @Test
    void unavailableKafka_is503WithRetryAfter() throws Exception {
        try (RunningWadi alone = RunningWadi.startRoutes(
                List.of("web-events", "receipts"), Map.of("wadi.kafka.brokers", "localhost:" + Ports.free()))) {
            HttpResponse<String> answer = Http.get(alone.eventsUrl() + "/receipts/metric.all/0/0");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.body()).contains("Kafka did not respond");
        }
    }

    @Test
    void stop_endsTheWaitWithTheCurrentState() throws Exception {
        RunningWadi stopping = RunningWadi.startRoutes(
                List.of("web-events", "receipts"),
                Map.of("wadi.landing.topics", "metric.all", "wadi.landing.group", "receipts-stop-landing"));
        CompletableFuture<HttpResponse<String>> waiting;
        try (stopping) {
            JsonNode sent = Http.json(Http.post(
                    stopping.eventsUrl() + "/events/metric.all",
                    "{\"n\":1}".getBytes(UTF_8),
                    "Content-Type",
                    "application/json"));
            HttpRequest request = HttpRequest.newBuilder(URI.create("%s/receipts/metric.all/%d/%d?wait=60s"
                            .formatted(
                                    stopping.eventsUrl(),
                                    sent.at("/receipts/0/partition").asInt(),
                                    sent.at("/receipts/0/offset").asLong())))
                    .build();
            waiting = HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString());
            await().atMost(MAX_WAIT)
                    .until(() -> Http.get(stopping.managementUrl() + "/observe/metrics")
                            .body()
                            .contains("\nwadi_ingest_inflight_requests 1.0"));
        }

        HttpResponse<String> answer = waiting.get(2, TimeUnit.MINUTES);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Http.json(answer).at("/landed/state").asText()).isEqualTo("pending");
    }

    @Test
    void clientBeyondItsShare_isRejectedUntilARequestEnds_andOthersAreAnswered() throws Exception {
        send("receipts-shop", shop);
        send("receipts-other", other);
        List<Socket> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < SHARE; i++) {
                waiting.add(wait("receipts-shop/0/0", shop));
            }
            HttpResponse<String> rejected = await().atMost(MAX_WAIT)
                    .until(() -> get("receipts-shop/0/0", shop), one -> one.statusCode() == 503);

            assertThat(rejected.headers().firstValue("Retry-After")).isPresent();
            assertThat(rejected.body()).contains("wadi.receipts.max-waiting");
            assertThat(get("receipts-other/0/0", other).statusCode()).isEqualTo(200);
            assertThat(Http.get(wadi.managementUrl() + "/observe/metrics").body())
                    .containsPattern("wadi_ingest_rejections_total\\{reason=\"waiting\"} [1-9]");

            waiting.get(0).close();
            await().atMost(MAX_WAIT).until(() -> get("receipts-shop/0/0", shop).statusCode() == 200);
        } finally {
            for (Socket each : waiting) {
                each.close();
            }
        }
        await().atMost(MAX_WAIT).until(() -> get("receipts-shop/0/0", shop).statusCode() == 200);
    }

    private static Socket wait(String receipt, String key) throws IOException {
        Socket socket = new Socket("localhost", wadi.eventsPort());
        socket.getOutputStream()
                .write("GET /receipts/%s?wait=60s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                        .formatted(receipt, key)
                        .getBytes(UTF_8));
        return socket;
    }
}
