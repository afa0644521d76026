package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.ingest.auth.ApiKey;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts are answered to clients that may write to their topic, and to a limited number at a time. */
class ReceiptsAccessIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private static Path directory;

    private static String shop;
    private static String other;
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
        // Landing is configured and does not run here, so that all records are pending.
        wadi = RunningWadi.startRoutes(
                List.of("web-events", "receipts"),
                Map.of(
                        "wadi.topics-file", topics.toString(),
                        "wadi.ingest.keys-file", keys.toString(),
                        "wadi.landing.topics", "receipts-shop,select-color",
                        "wadi.landing.group", "receipts-access-landing",
                        "wadi.receipts.max-waiting", "1"));
    }

    @AfterAll
    static void stop() {
        wadi.close();
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
    void receipt_isAnsweredToClientsOfItsTopicOnly() throws Exception {
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
                "Authorization",
                "Bearer " + other);

        assertThat(Http.json(answer).path(0).toString()).isEqualTo("{\"error\":\"no such receipt\"}");
        assertThat(Http.json(answer).at("/1/landed/state").asText()).isEqualTo("not-configured");
    }

    @Test
    void moreWaitersThanAllowed_areRejected_untilOneDisconnects() throws Exception {
        send("receipts-shop", shop);
        try (Socket waiting = new Socket("localhost", wadi.eventsPort())) {
            waiting.getOutputStream()
                    .write(("GET /receipts/receipts-shop/0/0?wait=60s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                    + shop + "\r\n\r\n")
                            .getBytes(UTF_8));
            HttpResponse<String> rejected =
                    await().atMost(PATIENCE).until(() -> get("receipts-shop/0/0", shop), one -> one.statusCode() == 503);

            assertThat(rejected.headers().firstValue("Retry-After")).isPresent();
            assertThat(rejected.body()).contains("wadi.receipts.max-waiting");
        }

        await().atMost(PATIENCE).until(() -> get("receipts-shop/0/0", shop).statusCode() == 200);
    }
}
