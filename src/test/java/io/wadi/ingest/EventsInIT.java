package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import io.wadi.ingest.send.IngestTopics;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.Warnings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Events on their way to topics with a schema, a key, a partitioner or kept invalid events, and bodies that are read
 * while they arrive.
 */
class EventsInIT {
    private static final Duration SOON = Duration.ofMinutes(2);
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

    private static RunningWadi wadi;
    /** Runs without a minimum rate of bodies, for tests that pause a body until Kafka has its earlier events. */
    private static RunningWadi withoutBodyRate;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startIngest(settings());
        // Once the schemas are stored, another instance with the same schemas does not write them again.
        await().untilAsserted(() -> assertThat(KafkaProbe.readAll("wadi.schemas"))
                .extracting(each -> new String(each.key(), UTF_8))
                .contains("select-color", "in-strict", "in-kept"));
        withoutBodyRate = RunningWadi.startIngest(withoutMinimumRate());
    }

    private static Map<String, String> withoutMinimumRate() throws IOException {
        Map<String, String> settings = new HashMap<>(settings());
        settings.put("wadi.http.min-body-rate", "0B");
        return settings;
    }

    private static Map<String, String> settings() throws IOException {
        Files.writeString(directory.resolve("order.json"), ORDER);
        Files.writeString(directory.resolve("color.json"), COLOR);
        return Map.of(
                "wadi.topics-file",
                Files.writeString(directory.resolve("topics.yaml"), TOPICS).toString(),
                "wadi.ingest.max-in-flight-requests",
                "8",
                "wadi.ingest.max-in-flight-bytes",
                "1MiB",
                "wadi.ingest.send-window",
                "128KiB",
                "wadi.http.max-compression-ratio",
                "50");
    }

    @AfterAll
    static void stop() {
        withoutBodyRate.close();
        wadi.close();
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
        assertThat(at(Http.json(bomb).path("receipts").get(0)).value())
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
                "EventsInIT#preferMinimal_isAnsweredWithRanges",
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

    @Test
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
        for (int i = 0; i < 20; i++) {
            try (Socket socket =
                    new Socket("localhost", URI.create(wadi.eventsUrl()).getPort())) {
                OutputStream out = socket.getOutputStream();
                out.write(("POST /events/in-plain HTTP/1.1\r\nHost: x\r\nX-Tenant: gone\r\nContent-Type: " + NDJSON
                                + "\r\nContent-Length: 60000\r\n\r\n{\"n\":" + i + "}\n{\"half")
                        .getBytes(UTF_8));
                out.flush();
                int sent = i + 1;
                await().until(() -> tenants("gone") >= sent);
                assertThat(tenants("gone")).isEqualTo(sent);
            }
        }
        // Twenty clients have disconnected, and eight requests may be in flight.
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
            out.write(("POST /events/nowhere HTTP/1.1\r\nHost: x\r\nContent-Type: " + NDJSON + "\r\nContent-Length: "
                            + body.length + "\r\n\r\n")
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

    /**
     * The first request, of unknown length, holds 900 KiB of 1 MiB; the next one is rejected for lack of memory, and
     * the first one continues.
     */
    @Test
    void bufferedBodies_reserveMemoryAsTheyArrive() throws Exception {
        try (Upload first = new Upload(withoutBodyRate, "whole", "application/cloudevents+json");
                Upload second = new Upload(withoutBodyRate, "whole", "application/cloudevents+json")) {
            String begin =
                    "{\"specversion\":\"1.0\",\"id\":\"S-1\",\"source\":\"/shop\",\"type\":\"order\",\"data\":\"";
            first.write(begin + "x".repeat(900 << 10));
            await().until(() -> Scrape.of(withoutBodyRate).sum("wadi_ingest_inflight_bytes") > 900 << 10);
            byte[] large = (" ".repeat(200 << 10) + "{}").getBytes(UTF_8);
            await().until(() -> Http.post(
                                    withoutBodyRate.eventsUrl() + "/events/in-plain",
                                    large,
                                    "Content-Type",
                                    "application/json")
                            .statusCode()
                    == 503);
            second.write(begin + "x".repeat(200 << 10));
            second.end();
            assertThat(second.answer())
                    .startsWith("HTTP/1.1 503 ")
                    .contains("the limit of requests or bytes in flight is reached");
            first.write("\"}");
            first.end();
            assertThat(first.answer()).startsWith("HTTP/1.1 200 ");
        }
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
            send("POST /events/in-plain HTTP/1.1\r\nHost: x\r\nX-Tenant: " + tenant + "\r\nContent-Type: " + type
                    + "\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
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

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    private static String url(String topic) {
        return wadi.eventsUrl() + "/events/" + topic;
    }

    private static HttpResponse<String> post(String topic, String body, String... headers) throws Exception {
        return Http.post(url(topic), body.getBytes(UTF_8), headers);
    }

    private static ConsumerRecord<byte[], byte[]> at(JsonNode receipt) {
        return KafkaProbe.read(
                receipt.path("topic").asText(),
                receipt.path("partition").asInt(),
                receipt.path("offset").asLong());
    }
}
