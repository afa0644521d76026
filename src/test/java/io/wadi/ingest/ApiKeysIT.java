package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.wadi.ingest.auth.ApiKey;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped routes with required keys: each path rejects in its own format, and reveals only what the key permits.
 */
class ApiKeysIT {
    private static final String TOPICS = """
            topics:
              - {name: select-color, partitions: 3, replication: 1, ingest: {over: [select, pixel, topics]}}
              - {name: transactions, partitions: 3, replication: 1, ingest: {over: [topics]}}
              - {name: metric.all, partitions: 3, replication: 1, ingest: {keys: [anyone]}}
              - {name: wadi.dead-letter, partitions: 3, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;
    private static final String SHOP = ApiKey.make("shop", new SecureRandom());
    private static final String EVERYWHERE = ApiKey.make("everywhere", new SecureRandom());
    private static final String SLOW = ApiKey.make("slow", new SecureRandom());
    /** The number of records that the client {@code slow} may send in ten minutes. */
    private static final int RECORDS = 600;

    @AutoClose
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        Path keys = Files.writeString(directory.resolve("keys.yaml"), """
                keys:
                  - {name: shop, sha256: [%s], topics: [transactions, wadi.*]}
                  - {name: everywhere, sha256: [%s], topics: ["*"]}
                  - {name: slow, sha256: [%s], topics: ["*"], rate: 1}
                """.formatted(
                        ApiKey.hashOf(SHOP), ApiKey.hashOf(EVERYWHERE), ApiKey.hashOf(SLOW)));
        Path topics = Files.writeString(directory.resolve("topics.yaml"), TOPICS);
        wadi = RunningWadi.startIngest(
                Map.of("wadi.ingest.keys-file", keys.toString(), "wadi.topics-file", topics.toString()));
    }

    @Test
    void records_areRejectedInTheRestConventionsForm() throws Exception {
        HttpResponse<String> anonymous = post("/topics/transactions");
        HttpResponse<String> stranger = post("/topics/transactions", "X-API-Key", "wadi_shop_no");
        HttpResponse<String> elsewhere = post("/topics/select-color", "X-API-Key", SHOP);
        HttpResponse<String> notOpen = post("/topics/wadi.dead-letter", "X-API-Key", SHOP);

        assertThat(anonymous.statusCode()).isEqualTo(401);
        assertThat(anonymous.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(anonymous.body())
                .isEqualTo("{\"error_code\":40101,\"message\":"
                        + "\"this topic requires a key: Authorization: Bearer KEY, or X-API-Key\"}");
        assertThat(stranger.body()).startsWith("{\"error_code\":40101,");
        assertThat(elsewhere.body()).startsWith("{\"error_code\":40301,");
        assertThat(notOpen.body()).startsWith("{\"error_code\":40401,");
        assertThat(post("/topics/transactions", "X-API-Key", SHOP).statusCode()).isEqualTo(200);
    }

    @Test
    void clientAboveItsRate_isRejectedInTheRestConventionsForm() throws Exception {
        String records = String.join(",", Collections.nCopies(RECORDS, "{\"key\":{\"customerId\":1},\"value\":1}"));
        assertThat(postBody("/topics/transactions", "{\"records\":[" + records + "]}", "X-API-Key", SLOW)
                        .statusCode())
                .as("has the rate of ten minutes in one request, which is then owed")
                .isEqualTo(200);

        HttpResponse<String> answer = post("/topics/transactions", "X-API-Key", SLOW);
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body()).startsWith("{\"error_code\":42901,");
        assertThat(answer.headers().firstValue("Retry-After").map(Integer::valueOf))
                .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(1, RECORDS));
    }

    @Test
    void topics_areThoseThatTheClientMayWriteTo() throws Exception {
        assertThat(Http.get(wadi.eventsUrl() + "/topics").body()).isEqualTo("[\"metric.all\"]");
        assertThat(Http.get(wadi.eventsUrl() + "/topics", "X-API-Key", SHOP).body())
                .isEqualTo("[\"metric.all\",\"transactions\"]");
        assertThat(Http.get(wadi.eventsUrl() + "/topics", "X-API-Key", "wadi_shop_no")
                        .statusCode())
                .isEqualTo(401);
        assertThat(Http.get(wadi.eventsUrl() + "/topics/transactions").statusCode())
                .isEqualTo(401);
        assertThat(Http.get(wadi.eventsUrl() + "/topics/transactions", "X-API-Key", SHOP)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void pixelWithoutAKey_isRejectedWithAnImage_andTheKeyIsNotInTheEvent() throws Exception {
        String url = wadi.eventsUrl() + "/pixel.gif?test=keys-1";
        HttpResponse<byte[]> anonymous = Http.bytes(url);
        HttpResponse<byte[]> elsewhere = Http.bytes(url + "&key=" + SHOP);
        HttpResponse<byte[]> taken = Http.bytes(url + "&key=" + EVERYWHERE);

        assertThat(List.of(anonymous.statusCode(), elsewhere.statusCode(), taken.statusCode()))
                .containsExactly(401, 403, 200);
        assertThat(anonymous.body()).isEqualTo(taken.body());
        assertThat(anonymous.headers().firstValue("Content-Type")).hasValue("image/gif");
        List<String> events = KafkaProbe.readAll("select-color").stream()
                .filter(found -> found.value() != null)
                .map(found -> new String(found.value(), UTF_8))
                .filter(value -> value.contains("keys-1"))
                .toList();
        assertThat(events).hasSize(1).first(STRING).doesNotContain("key\"", EVERYWHERE);
    }

    private static HttpResponse<String> post(String path, String... headers) throws Exception {
        return postBody(path, "{\"records\":[{\"key\":{\"customerId\":1},\"value\":1}]}", headers);
    }

    private static HttpResponse<String> postBody(String path, String body, String... headers) throws Exception {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = "application/json";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return Http.post(wadi.eventsUrl() + path, body.getBytes(UTF_8), all);
    }
}
