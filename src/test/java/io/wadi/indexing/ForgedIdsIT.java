package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sender ids, from HTTP to real Elasticsearch: no sender can replace or suppress a document of another sender. */
class ForgedIdsIT {
    private static final String TOPIC = "forged-ids";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int GUESSED_FROM = 100;
    private static final int GUESSES = 30;

    @AutoClose
    private static RunningWadi wadi;

    private static String shop;
    private static String bank;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        shop = ApiKey.make("shop", new SecureRandom());
        bank = ApiKey.make("bank", new SecureRandom());
        Path topics = Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - {name: select-color, partitions: 1, replication: 1, ingest: {over: [select, events], keys: [anyone]}}
                  - {name: forged-ids, partitions: 1, replication: 1, ingest: {keys: [anyone]}}
                  - {name: wadi.dead-letter, partitions: 1, replication: 1}
                  - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
                """);
        Path keys = Files.writeString(
                directory.resolve("keys.yaml"), """
                keys:
                  - {name: shop, sha256: [%s], topics: ["*"]}
                  - {name: bank, sha256: [%s], topics: ["*"]}
                """.formatted(ApiKey.hashOf(shop), ApiKey.hashOf(bank)));
        wadi = RunningWadi.startRoutes(
                List.of("web-events", "indexing"),
                Map.of(
                        "wadi.topics-file", topics.toString(),
                        "wadi.ingest.keys-file", keys.toString(),
                        "wadi.indexing.topic", TOPIC,
                        "wadi.indexing.index", TOPIC,
                        "wadi.indexing.group", TOPIC));
        event("{\"wadi-origin\":{\"chosen\":\"by a sender, for the mapping of an index without a template\"}}");
    }

    @Test
    void guessedIds_doNotSuppressDocumentsOfOtherSenders() throws Exception {
        long begin = TopicProbe.end(new TopicPartition(TOPIC, 0));
        for (int i = 0; i < GUESSES; i++) {
            String guess = TOPIC + "+0+" + (begin + GUESSED_FROM + i);
            switch (i % 3) {
                case 0 -> event("{\"forged\":%d}".formatted(i), "Idempotency-Key", guess);
                case 1 ->
                    event(
                            "{\"forged\":%d}".formatted(i),
                            "ce-specversion",
                            "1.0",
                            "ce-id",
                            guess,
                            "ce-source",
                            "/forger",
                            "ce-type",
                            "forged");
                default -> record(i, guess);
            }
        }
        String lines = IntStream.range(0, 2 * GUESSED_FROM)
                .mapToObj("{\"real\":%d}\n"::formatted)
                .reduce("", String::concat);
        Http.post(wadi.eventsUrl() + "/events/" + TOPIC, lines.getBytes(UTF_8), "Content-Type", "application/x-ndjson");

        awaitIndexed();
        Map<Long, String> lost = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> each : KafkaProbe.read(TOPIC, each -> each.offset() >= begin)) {
            String value = new String(each.value(), UTF_8);
            HttpResponse<String> found = document(TOPIC + "+0+" + each.offset());
            if (value.contains("real")
                    && (found.statusCode() != 200
                            || !Http.json(found).path("_source").equals(JSON.readTree(value)))) {
                lost.put(each.offset(), found.body());
            }
        }
        assertThat(lost).as("real events that are not in the index").isEmpty();
        assertThat(deadLetters(begin)).isEmpty();
    }

    @Test
    void sameId_fromSeveralCallers_isADocumentEach_andFromOneCallerDuplicatesAreDeadLetters() throws Exception {
        long begin = TopicProbe.end(new TopicPartition(TOPIC, 0));
        event("{\"of\":\"shop\"}", "Idempotency-Key", "same", "Authorization", "Bearer " + shop);
        event("{\"of\":\"bank\"}", "Idempotency-Key", "same", "Authorization", "Bearer " + bank);
        JsonNode first = event("{\"of\":\"one\"}", "Idempotency-Key", "same");
        JsonNode second = event("{\"of\":\"two\"}", "Idempotency-Key", "same");

        awaitIndexed();

        assertThat(Http.json(document("~shop~same")).at("/_source/of").asText()).isEqualTo("shop");
        assertThat(Http.json(document("~bank~same")).at("/_source/of").asText()).isEqualTo("bank");
        assertThat(Http.json(document("~~same")).at("/_source/of").asText()).isEqualTo("one");
        assertThat(deadLetters(begin))
                .as("two anonymous senders with the same id")
                .singleElement()
                .satisfies(deadLetter -> {
                    assertThat(deadLetter.value()).asString(UTF_8).isEqualTo("{\"of\":\"two\"}");
                    assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                            .contains(origin(first), origin(second));
                });
    }

    @Test
    void sameIdempotencyKeyForOneBody_createsOneDocumentPerEvent() throws Exception {
        long begin = TopicProbe.end(new TopicPartition(TOPIC, 0));
        for (int attempt = 0; attempt < 2; attempt++) {
            Http.post(
                    wadi.eventsUrl() + "/events/" + TOPIC,
                    "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n".getBytes(UTF_8),
                    "Content-Type",
                    "application/x-ndjson",
                    "Idempotency-Key",
                    "lines");
        }

        awaitIndexed();

        for (int i = 0; i < 3; i++) {
            assertThat(Http.json(document("~~lines-" + i)).at("/_source/n").asInt())
                    .isEqualTo(i + 1);
        }
        assertThat(deadLetters(begin)).as("the second request's").hasSize(3);
    }

    private static String origin(JsonNode receipt) {
        return TOPIC + "+" + receipt.path("partition").asText() + "+"
                + receipt.path("offset").asText();
    }

    private static void awaitIndexed() {
        await().untilAsserted(() -> {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            assertThat(GroupProbe.committed(TOPIC)).containsKey(partition);
            assertThat(GroupProbe.committed(TOPIC).get(partition).offset()).isEqualTo(TopicProbe.end(partition));
        });
    }

    /** Returns the dead letters that indexing sent for the topic's records from an offset on. */
    private static List<ConsumerRecord<byte[], byte[]>> deadLetters(long from) {
        List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
        KafkaProbe.forEach("wadi.dead-letter", deadLetter -> {
            if (KafkaProbe.header(deadLetter, "__connect.errors.topic").equals(TOPIC)
                    && Long.parseLong(KafkaProbe.header(deadLetter, "__connect.errors.offset")) >= from) {
                deadLetters.add(deadLetter);
            }
        });
        return deadLetters;
    }

    private static void record(int n, String id) throws Exception {
        Http.post(
                wadi.eventsUrl() + "/topics/" + TOPIC,
                """
                        {"records":[{"value":{"forged":%d},"headers":[{"key":"id","value":"%s"}]}]}\
                        """.formatted(n, java.util.Base64.getEncoder().encodeToString(id.getBytes(UTF_8)))
                        .getBytes(UTF_8),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");
    }

    private static JsonNode event(String value, String... headers) throws Exception {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = "application/json";
        HttpResponse<String> answer = Http.post(wadi.eventsUrl() + "/events/" + TOPIC, value.getBytes(UTF_8), all);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Http.json(answer).path("receipts").get(0);
    }

    private static HttpResponse<String> document(String id) throws Exception {
        return Http.get(TestServers.shared().ports().elasticsearchUrl() + "/" + TOPIC + "/_doc/"
                + URLEncoder.encode(id, UTF_8).replace("+", "%20"));
    }
}
