package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What receipts disclose to clients that may write to the topic but did not send the event, on real servers. */
class ForeignReceiptsIT {
    private static final String TOPIC = "receipts-foreign";
    private static final Duration MAX_WAIT = Duration.ofMinutes(2);

    @TempDir
    private static Path directory;

    private static String shop;
    private static String bank;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        shop = ApiKey.make("shop", new SecureRandom());
        bank = ApiKey.make("bank", new SecureRandom());
        Path keys = Files.writeString(
                directory.resolve("keys.yaml"), """
                keys:
                  - {name: shop, sha256: [%s], topics: ["*"]}
                  - {name: bank, sha256: [%s], topics: ["*"]}
                """.formatted(ApiKey.hashOf(shop), ApiKey.hashOf(bank)));
        Path topics = Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - {name: receipts-foreign, partitions: 1, replication: 1, ingest: {keys: [anyone]}}
                  - {name: select-color, partitions: 3, replication: 1, ingest: {over: [select, pixel, events, topics], keys: [anyone]}}
                  - {name: wadi.dead-letter, partitions: 1, replication: 1}
                  - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
                """);
        wadi = RunningWadi.startRoutes(
                List.of("web-events", "receipts", "indexing"),
                Map.of(
                        "wadi.topics-file",
                        topics.toString(),
                        "wadi.ingest.keys-file",
                        keys.toString(),
                        "wadi.indexing.topic",
                        TOPIC,
                        "wadi.indexing.index",
                        TOPIC,
                        "wadi.indexing.group",
                        TOPIC + "-indexing"));
    }

    /** Returns the receipt's path. */
    private static String send(String event, String... headers) throws Exception {
        HttpResponse<String> answer = Http.post(wadi.eventsUrl() + "/events/" + TOPIC, event.getBytes(UTF_8), headers);
        JsonNode receipt = Http.json(answer).path("receipts").get(0);
        return "%s/0/%d".formatted(TOPIC, receipt.path("offset").asLong());
    }

    private static String sendAsShop(String event, String id) throws Exception {
        return send(
                event, "Content-Type", "application/json", "Authorization", "Bearer " + shop, "Idempotency-Key", id);
    }

    private static String get(String receipt, String... headers) throws Exception {
        return await().atMost(MAX_WAIT)
                .until(
                        () -> Http.get(wadi.eventsUrl() + "/receipts/" + receipt + "?wait=5s", headers)
                                .body(),
                        body -> !body.contains("\"pending\""));
    }

    private static String getAs(String key, String receipt) throws Exception {
        return get(receipt, "Authorization", "Bearer " + key);
    }

    @Test
    void rejection_isDisclosedInFullToItsSenderOnly() throws Exception {
        getAs(shop, sendAsShop("{\"password\":1}", "a-number"));
        String receipt = sendAsShop("{\"password\":\"hunter2\"}", "no-number");

        String own = getAs(shop, receipt);
        assertThat(own).contains("hunter2");
        JsonNode foreign =
                Http.json(Http.get(wadi.eventsUrl() + "/receipts/" + receipt, "Authorization", "Bearer " + bank));
        assertThat(foreign.at("/indexed/reason").asText())
                .isEqualTo("RejectedDocumentException: 400 document_parsing_exception");
        assertThat(foreign.at("/deadLetter/reason")).isEqualTo(foreign.at("/indexed/reason"));
        assertThat(foreign.at("/deadLetter/topic").asText()).isEqualTo("wadi.dead-letter");
        for (String others : List.of(
                foreign.toString(),
                get(receipt),
                get(receipt, "Authorization", "Bearer " + bank, "Accept", "text/event-stream"),
                list(receipt))) {
            assertThat(others).contains("\"rejected\"").doesNotContain("hunter2", "password", "shop", "no-number", "~");
        }
    }

    private static String list(String receipt) throws Exception {
        return Http.post(
                        wadi.eventsUrl() + "/receipts",
                        "[{\"topic\":\"%s\",\"partition\":0,\"offset\":%s}]"
                                .formatted(TOPIC, receipt.substring(receipt.lastIndexOf('/') + 1))
                                .getBytes(UTF_8),
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "Bearer " + bank)
                .body();
    }

    @Test
    void clientChosenId_isDisclosedToThatClientOnly() throws Exception {
        String receipt = sendAsShop("{\"n\":1}", "order-17");

        assertThat(getAs(shop, receipt)).contains("\"id\":\"~shop~order-17\"");
        for (String others : List.of(getAs(bank, receipt), get(receipt), list(receipt))) {
            assertThat(others)
                    .contains("\"indexed\",\"index\":\"" + TOPIC + "\",\"id\":null,\"problem\":\"")
                    .doesNotContain("shop", "order-17");
        }
        String anonymous = send("{\"n\":2}", "Content-Type", "application/json", "Idempotency-Key", "order-18");
        assertThat(get(anonymous)).contains("\"id\":null").doesNotContain("order-18");
        String without = send("{\"n\":3}", "Content-Type", "application/json");
        assertThat(getAs(bank, without)).contains("\"id\":\"" + without.replace('/', '+') + "\"");
    }
}
