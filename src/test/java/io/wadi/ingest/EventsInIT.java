package io.wadi.ingest;

import static io.wadi.testing.KafkaProbe.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.ingest.send.IngestTopics;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events on their way to topics with a schema, a key, a partitioner or kept invalid events. */
class EventsInIT {
    private static final String NDJSON = "application/x-ndjson";
    private static final String TOPICS = """
            topics:
              - {name: select-color, partitions: 1, replication: 1, ingest: {over: [select, events], schema: color.json, invalid: dead-letter}}
              - {name: in-plain, partitions: 3, replication: 1, ingest: {over: [events], headers: [x-tenant]}}
              - {name: in-strict, partitions: 3, replication: 1, ingest: {schema: order.json, key: /customer}}
              - {name: in-kept, partitions: 3, replication: 1, ingest: {schema: order.json, invalid: dead-letter}}
              - name: in-parted
                partitions: 3
                replication: 1
                partitioner: {hash: city, pin: {Pangyo: 0}, missing-key: refuse}
                ingest: {key: /place}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;
    private static final String ORDER = """
            {"type":"object","required":["customer","total"],
             "properties":{"customer":{"type":"string"},"total":{"type":"number","minimum":0}}}
            """;
    private static final String COLOR = """
            {"type":"object","properties":{"colorName":{"enum":["red","blue"]}}}
            """;

    @AutoClose
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startIngest(settings());
        // Once the schemas are stored, another instance with the same schemas does not write them again.
        await().untilAsserted(() -> assertThat(KafkaProbe.readAll("wadi.schemas"))
                .extracting(each -> new String(each.key(), UTF_8))
                .contains("select-color", "in-strict", "in-kept"));
    }

    private static Map<String, String> settings() throws IOException {
        Files.writeString(directory.resolve("order.json"), ORDER);
        Files.writeString(directory.resolve("color.json"), COLOR);
        return Map.of(
                "wadi.topics-file",
                Files.writeString(directory.resolve("topics.yaml"), TOPICS).toString());
    }

    @Test
    void schema_rejectsInvalidEventsWithThePointer_andStoresTheOthersWithTheirKey() throws Exception {
        String fits = "{\"total\": 1.50, \"customer\":\"김철수\"}";
        HttpResponse<String> answer = post(
                "in-strict",
                fits + "\n{\"customer\":\"a\",\"total\":-1}\nnot json\n{\"customer\":\"b\"}\n",
                "Content-Type",
                NDJSON);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode receipts = Http.json(answer).path("receipts");
        ConsumerRecord<byte[], byte[]> record = at(receipts.get(0));
        assertThat(record.key()).asString(UTF_8).isEqualTo("김철수");
        assertThat(record.value()).asString(UTF_8).isEqualTo(fits);
        assertThat(receipts.get(1).path("pointer").asText()).isEqualTo("/total");
        assertThat(receipts.get(1).path("error").asText()).contains("0");
        assertThat(receipts.get(2).path("error").asText()).startsWith("line 3, column");
        assertThat(receipts.get(3).path("error").asText()).contains("total");
        assertThat(KafkaProbe.readAll("in-strict")).noneMatch(each -> new String(each.value(), UTF_8).contains("-1"));
    }

    @Test
    void pages_maySendTheHeadersThatTopicsList() throws Exception {
        HttpResponse<String> preflight = Http.send(
                "OPTIONS",
                wadi.eventsUrl() + "/events/in-plain",
                "Origin",
                "https://shop.example",
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "x-tenant");

        assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
                .hasValueSatisfying(
                        headers -> assertThat(headers.split(", ", -1)).contains("x-tenant"));
    }

    @Test
    void invalidEvents_ofATopicThatKeepsThem_areDeadLettersByteForByte() throws Exception {
        HttpResponse<String> answer = post(
                "in-kept",
                "{\"customer\":\"a\",\"total\":1}\n{\"customer\":\"b\", \"total\":\"x\"}\nnot json\n",
                "Content-Type",
                NDJSON,
                "Idempotency-Key",
                "try-1");

        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode receipts = Http.json(answer).path("receipts");
        assertThat(receipts.get(0).path("topic").asText()).isEqualTo("in-kept");
        assertThat(receipts.get(1).path("topic").asText()).isEqualTo("wadi.dead-letter");
        assertThat(receipts.get(1).path("pointer").asText()).isEqualTo("/total");
        ConsumerRecord<byte[], byte[]> deadLetter = at(receipts.get(1));
        assertThat(deadLetter.value()).asString(UTF_8).isEqualTo("{\"customer\":\"b\", \"total\":\"x\"}");
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.topic")).isEqualTo("in-kept");
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.connector.name"))
                .isEqualTo("events");
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                .startsWith("/total: ");
        assertThat(KafkaProbe.header(deadLetter, "wadi-id")).isEqualTo("~~try-1-1");
        assertThat(at(receipts.get(2)).value()).asString(UTF_8).isEqualTo("not json");
    }

    @Test
    void deadLetter_keepsTheSendersKeyPartitionAndHeaders() throws Exception {
        HttpResponse<String> rest = Http.post(
                wadi.eventsUrl() + "/topics/in-kept",
                "{\"records\":[{\"key\":\"k-rest\",\"partition\":2,\"value\":{\"customer\":\"b\"}}]}".getBytes(UTF_8),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");
        HttpResponse<String> cloud = post(
                "in-kept",
                "{\"customer\":\"c\"}",
                "Content-Type",
                "application/json",
                "ce-specversion",
                "1.0",
                "ce-id",
                "1",
                "ce-source",
                "/test",
                "ce-type",
                "order",
                "ce-partitionkey",
                "k-cloud");

        assertThat(rest.body()).contains("it is stored as a dead letter");
        assertThat(cloud.statusCode()).as(cloud.body()).isEqualTo(202);
        ConsumerRecord<byte[], byte[]> record = deadLetter("{\"customer\":\"b\"}");
        assertThat(record.key()).asString(UTF_8).isEqualTo("\"k-rest\"");
        assertThat(KafkaProbe.header(record, "__connect.errors.partition")).isEqualTo("2");
        ConsumerRecord<byte[], byte[]> event = deadLetter("{\"customer\":\"c\"}");
        assertThat(event.key()).asString(UTF_8).isEqualTo("k-cloud");
        assertThat(KafkaProbe.header(event, "ce_type")).isEqualTo("order");
        assertThat(KafkaProbe.header(event, "__connect.errors.exception.message"))
                .contains("total");
    }

    /** Otherwise senders could prevent the replay of an invalid event's dead letter, or bypass the schema by it. */
    @Test
    void reservedHeaders_areRejected_soThatSendersCannotControlReplay() throws Exception {
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/topics/in-kept",
                """
                        {"records":[
                          {"value":{"forged":1},"headers":[{"key":"__connect.errors.offset","value":"MQ=="}]},
                          {"value":{"forged":2},"headers":[{"key":"wadi-attempts","value":"OTk="}]},
                          {"value":{"forged":3},"headers":[{"key":"x","value":"eA=="},{"key":"Id","value":"eA=="}]}]}
                        """.getBytes(UTF_8),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(Http.json(answer).path("offsets").findValuesAsText("message"))
                .containsExactly(
                        "/records/0/headers/0/key: \"__connect.errors.offset\" is a reserved header: only Wadi sets"
                                + " id, wadi-* and __connect.errors.*",
                        "/records/1/headers/0/key: \"wadi-attempts\" is a reserved header: only Wadi sets id, wadi-*"
                                + " and __connect.errors.*",
                        "/records/2/headers/1/key: \"Id\" is a reserved header: only Wadi sets id, wadi-* and"
                                + " __connect.errors.*");
        assertThat(deadLetters())
                .noneMatch(each -> each.value() != null && new String(each.value(), UTF_8).contains("forged"));
    }

    private static ConsumerRecord<byte[], byte[]> deadLetter(String value) {
        byte[] sent = value.getBytes(UTF_8);
        return deadLetters().stream()
                .filter(each -> Arrays.equals(each.value(), sent))
                .findFirst()
                .orElseThrow();
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return KafkaProbe.read(
                "wadi.dead-letter",
                deadLetter ->
                        KafkaProbe.header(deadLetter, "__connect.errors.topic").equals("in-kept"));
    }

    @Test
    void narrowedSchema_isWarnedOfAtTheNextStart() throws Exception {
        Map<String, String> changed = new HashMap<>(settings());
        Path elsewhere = Files.createDirectory(directory.resolve("changed"));
        Files.writeString(elsewhere.resolve("color.json"), COLOR);
        Files.writeString(elsewhere.resolve("order.json"), ORDER.replace("\"minimum\":0", "\"minimum\":10"));
        changed.put(
                "wadi.topics-file",
                Files.writeString(elsewhere.resolve("topics.yaml"), TOPICS).toString());

        try (Warnings logs = new Warnings(IngestTopics.class.getName());
                RunningWadi again = RunningWadi.startIngest(changed)) {
            await().until(() -> logs.lines().stream()
                            .filter(line -> line.contains("/total"))
                            .count()
                    == 2);
            assertThat(logs.lines())
                    .anySatisfy(line -> assertThat(line).contains("topic in-strict: /total: "))
                    .anySatisfy(line -> assertThat(line).contains("topic in-kept: /total: "));
            assertThat(again.eventsUrl()).isNotEmpty();
        }
    }

    @Test
    void classicEvent_isValidatedToo() throws Exception {
        HttpResponse<String> fits =
                Http.get(wadi.eventsUrl() + "/api/select?color=red&user=alice", "User-Agent", "test");
        HttpResponse<String> kept =
                Http.get(wadi.eventsUrl() + "/api/select?color=pink&user=alice", "User-Agent", "test");

        assertThat(fits.statusCode()).isEqualTo(200);
        assertThat(kept.statusCode()).isEqualTo(202);
        assertThat(Http.json(kept).path("pointer").asText()).isEqualTo("/colorName");
        assertThat(at(Http.json(kept)).value()).asString(UTF_8).contains("\"pink\"");
    }

    @Test
    void partitioner_choosesByTheKeysField_andRejectsEventsWithoutIt() throws Exception {
        HttpResponse<String> answer = post("in-parted", """
                {"place":{"city":"Pangyo","id":1}}
                {"place":{"city":"Busan","id":2}}
                {"place":{"id":3}}
                {"n":4}
                """, "Content-Type", NDJSON);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode receipts = Http.json(answer).path("receipts");
        assertThat(receipts.get(0).path("partition").asInt()).isZero();
        assertThat(receipts.get(1).path("partition").asInt()).isEqualTo(2);
        assertThat(receipts.get(2).path("error").asText()).contains("\"city\"");
        assertThat(receipts.get(3).path("error").asText()).contains("\"city\"");
    }

    @Test
    void configuredHeadersAndIds_becomeRecordHeaders() throws Exception {
        HttpResponse<String> answer = post(
                "in-plain",
                "[{\"n\":1},{\"n\":2}]",
                "Content-Type",
                "application/json",
                "Idempotency-Key",
                "order-1",
                "X-Tenant",
                "north",
                "X-Other",
                "no");

        assertThat(answer.statusCode()).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
            ConsumerRecord<byte[], byte[]> record =
                    at(Http.json(answer).path("receipts").get(i));
            assertThat(KafkaProbe.header(record, "x-tenant")).isEqualTo("north");
            assertThat(KafkaProbe.header(record, "wadi-id")).isEqualTo("~~order-1-" + i);
            assertThat(record.headers()).hasSize(2);
        }
    }

    @Test
    void cloudEvents_inEachContentMode_areStoredByTheKafkaBinding() throws Exception {
        HttpResponse<String> binary = post(
                "in-plain",
                "{\"total\": 1}",
                "Content-Type",
                "application/json",
                "ce-specversion",
                "1.0",
                "ce-id",
                "B-1",
                "ce-source",
                "/shop",
                "ce-type",
                "order",
                "ce-partitionkey",
                "alice");
        HttpResponse<String> structured = post(
                "in-plain",
                "{\"specversion\":\"1.0\",\"id\":\"S-1\",\"source\":\"/shop\",\"type\":\"order\",\"data\":{\"total\":"
                        + " 2}}",
                "Content-Type",
                "application/cloudevents+json");
        HttpResponse<String> batched = post(
                "in-plain",
                "[{\"specversion\":\"1.0\",\"id\":\"T-1\",\"source\":\"/shop\",\"type\":\"order\",\"data\":3},"
                        + "{\"specversion\":\"1.0\",\"id\":\"T-2\",\"type\":\"order\"}]",
                "Content-Type",
                "application/cloudevents-batch+json; charset=UTF-8");

        assertThat(List.of(binary.statusCode(), structured.statusCode(), batched.statusCode()))
                .containsExactly(200, 200, 400);
        ConsumerRecord<byte[], byte[]> first =
                at(Http.json(binary).path("receipts").get(0));
        assertThat(first.value()).asString(UTF_8).isEqualTo("{\"total\": 1}");
        assertThat(first.key()).asString(UTF_8).isEqualTo("alice");
        assertThat(KafkaProbe.header(first, "ce_source")).isEqualTo("/shop");
        assertThat(KafkaProbe.header(first, "wadi-id")).isEqualTo("~~/shop B-1");
        ConsumerRecord<byte[], byte[]> second =
                at(Http.json(structured).path("receipts").get(0));
        assertThat(second.value()).asString(UTF_8).isEqualTo("{\"total\": 2}");
        assertThat(KafkaProbe.header(second, "wadi-id")).isEqualTo("~~/shop S-1");
        assertThat(at(Http.json(batched).path("receipts").get(0)).value())
                .asString(UTF_8)
                .isEqualTo("3");
        assertThat(Http.json(batched).path("receipts").get(1).path("pointer").asText())
                .isEqualTo("/1/source");
    }

    @Test
    void cloudEvents_areValidatedByTheTopicsSchema_andRejectedInOtherFormats() throws Exception {
        HttpResponse<String> wrong = post(
                "in-strict",
                "{\"specversion\":\"1.0\",\"id\":\"S-1\",\"source\":\"/shop\",\"type\":\"order\",\"data\":{\"customer\":\"a\",\"total\":-2}}",
                "Content-Type",
                "application/cloudevents+json");
        HttpResponse<String> avro = post("in-strict", "x", "Content-Type", "application/cloudevents+avro");

        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(Http.json(wrong).path("receipts").get(0).path("pointer").asText())
                .isEqualTo("/total");
        assertThat(avro.statusCode()).isEqualTo(415);
    }

    private static String url(String topic) {
        return wadi.eventsUrl() + "/events/" + topic;
    }

    private static HttpResponse<String> post(String topic, String body, String... headers) throws Exception {
        return Http.post(url(topic), body.getBytes(UTF_8), headers);
    }
}
