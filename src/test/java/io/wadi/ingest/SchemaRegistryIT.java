package io.wadi.ingest;

import static io.wadi.testing.KafkaProbe.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.OwnSchemaRegistry;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.StartedServers;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Topics with events converted to Avro by the schemas of a real registry; records are read with the registry's schemas
 * of their ids.
 */
class SchemaRegistryIT {
    private static final String JSON = "application/json";
    private static final String NDJSON = "application/x-ndjson";
    private static final String TOPICS = """
            topics:
              - {name: select-color, partitions: 1, replication: 1, ingest: {over: [select, events]}}
              - {name: avro-orders, partitions: 3, replication: 1, ingest: {key: /customer, avro: orders-value}}
              - {name: avro-kept, partitions: 1, replication: 1, ingest: {avro: orders-value, invalid: dead-letter}}
              - {name: avro-mended, partitions: 1, replication: 1, ingest: {key: /customer, avro: orders-value}}
              - {name: avro-checked, partitions: 1, replication: 1, ingest: {avro: orders-value, schema: positive.json}}
              - {name: avro-growing, partitions: 1, replication: 1, ingest: {avro: growing/value}}
              - {name: avro-late, partitions: 1, replication: 1, ingest: {avro: late-value}}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;
    private static final String MONEY = """
            {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"amount",
              "type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}""";
    private static final String ORDER = """
            {"type":"record","name":"Order","namespace":"shop","fields":[
              {"name":"customer","type":"string"},
              {"name":"total","type":"shop.Money"},
              {"name":"note","type":["null","string"],"default":null}]}""";
    private static final String GROWING = """
            {"type":"record","name":"Growing","fields":[{"name":"a","type":"long"}%s]}""";
    private static final String FITS = "{\"total\": {\"amount\": 12.50}, \"customer\":\"김철수\"}";

    private static OwnSchemaRegistry registry;
    private static RunningWadi wadi;
    private static int orders;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        registry = OwnSchemaRegistry.notStarted().start();
        registry.register("money", MONEY, Map.of());
        orders = registry.register("orders-value", ORDER, Map.of("shop.Money", "money"));
        registry.register("growing%2Fvalue", GROWING.formatted(""), Map.of());
        Files.writeString(
                directory.resolve("positive.json"),
                "{\"properties\":{\"total\":{\"properties\":{\"amount\":{\"minimum\":0}}}}}");
        wadi = RunningWadi.startIngest(Map.of(
                "wadi.topics-file",
                Files.writeString(directory.resolve("topics.yaml"), TOPICS).toString(),
                "wadi.schema-registry.url",
                registry.url(),
                "wadi.schema-registry.refresh-interval",
                "1s"));
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(wadi, registry);
    }

    private static HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return Http.post(wadi.eventsUrl() + path, body.getBytes(UTF_8), headers);
    }

    /** Returns the receipt of the only event. */
    private static JsonNode receipt(HttpResponse<String> answer) throws IOException {
        return Http.json(answer).path("receipts").path(0);
    }

    private static int id(ConsumerRecord<byte[], byte[]> record) {
        assertThat(record.value()[0]).isZero();
        return ByteBuffer.wrap(record.value()).getInt(1);
    }

    /**
     * Decodes a record as a consumer does: with the registry's schema for the record's id, and the schemas that it
     * references.
     */
    private static String read(ConsumerRecord<byte[], byte[]> record, String... references) throws Exception {
        Schema.Parser parser = new Schema.Parser();
        Arrays.stream(references).forEach(parser::parse);
        Schema schema = parser.parse(registry.schema(id(record)));
        Object value = new GenericDatumReader<>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(record.value(), 5, record.value().length - 5, null));
        return GenericData.get().toString(value);
    }

    @Test
    void event_isStoredInAvro_withItsKey() throws Exception {
        HttpResponse<String> answer = post("/events/avro-orders", FITS, "Content-Type", JSON);

        assertThat(answer.statusCode()).isEqualTo(200);
        ConsumerRecord<byte[], byte[]> record = at(receipt(answer));
        assertThat(id(record)).isEqualTo(orders);
        assertThat(read(record, MONEY)).isEqualTo("""
                {"customer": "김철수", "total": {"amount": "\\u0004â"}, "note": null}""");
        assertThat(record.key()).asString(UTF_8).isEqualTo("김철수");
    }

    @Test
    void invalidEvent_isRejectedWithItsPointer_andOthersAreStored() throws Exception {
        HttpResponse<String> lines = post(
                "/events/avro-orders",
                FITS + "\n{\"customer\":\"a\",\"total\":{\"amount\":1.234}}\nno json\n" + FITS + "\n",
                "Content-Type",
                NDJSON);

        assertThat(lines.statusCode()).isEqualTo(400);
        JsonNode receipts = Http.json(lines).path("receipts");
        assertThat(id(at(receipts.get(0)))).isEqualTo(orders);
        assertThat(receipts.get(1).path("pointer").asText()).isEqualTo("/total/amount");
        assertThat(receipts.get(1).path("error").asText())
                .isEqualTo("found a number, expected a number of 9 digits, 2 of them after the point");
        assertThat(receipts.get(2).path("error").asText()).startsWith("line 3, column");
        assertThat(id(at(receipts.get(3)))).isEqualTo(orders);

        HttpResponse<String> array =
                post("/events/avro-orders", "[" + FITS + ",{\"custmer\":\"a\"}]", "Content-Type", JSON);
        JsonNode second = Http.json(array).path("receipts").get(1);
        assertThat(second.path("pointer").asText()).isEqualTo("/1/custmer");
        assertThat(second.path("error").asText())
                .isEqualTo("the schema shop.Order has no such field; did you mean customer?");
    }

    @Test
    void invalidEvent_isADeadLetterByteForByte_ifTheTopicKeepsInvalidEvents() throws Exception {
        String sent = "{\"customer\": 5}";

        HttpResponse<String> answer = post("/events/avro-kept", sent, "Content-Type", JSON);

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(at(receipt(answer)).value()).asString(UTF_8).isEqualTo(sent);
        assertThat(receipt(answer).path("topic").asText()).isEqualTo("wadi.dead-letter");
    }

    @Test
    void deadLetterThatIsValidNow_isReplayedInAvro() throws Exception {
        ProducerRecord<byte[], byte[]> deadLetter = new ProducerRecord<>("wadi.dead-letter", FITS.getBytes(UTF_8));
        deadLetter.headers().add("__connect.errors.topic", "avro-mended".getBytes(UTF_8));
        KafkaProbe.send(deadLetter);

        HttpResponse<String> answer =
                Http.send("POST", wadi.managementUrl() + "/api/dead-letters/replay?topic=avro-mended");

        assertThat(Http.json(answer).path("replayed").asInt()).isEqualTo(1);
        ConsumerRecord<byte[], byte[]> record = KafkaProbe.read("avro-mended", 0, 0);
        assertThat(read(record, MONEY)).contains("김철수");
        assertThat(record.key()).asString(UTF_8).isEqualTo("김철수");
    }

    @Test
    void jsonSchema_isCheckedBeforeTheAvroSchema() throws Exception {
        HttpResponse<String> answer = post("/events/avro-checked", FITS.replace("12.50", "-1"), "Content-Type", JSON);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(receipt(answer).path("pointer").asText()).isEqualTo("/total/amount");
        assertThat(post("/events/avro-checked", FITS, "Content-Type", JSON).statusCode())
                .isEqualTo(200);
    }

    @Test
    void recordsOfTheRestConvention_areEncodedInAvro_andTombstonesAreKept() throws Exception {
        HttpResponse<String> answer = post(
                "/topics/avro-orders",
                "{\"records\":[{\"value\":%s},{\"key\":\"a\",\"value\":null},{\"value\":{\"customer\":\"a\"}}]}"
                        .formatted(FITS),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertThat(read(in(offsets.get(0)), MONEY)).contains("김철수");
        assertThat(in(offsets.get(1)).value()).isNull();
        assertThat(offsets.get(2).path("error_code").asInt()).isEqualTo(42206);
        assertThat(offsets.get(2).path("error").asText()).startsWith("/records/2/value/total: missing; ");
    }

    private static ConsumerRecord<byte[], byte[]> in(JsonNode offset) {
        return KafkaProbe.read(
                "avro-orders",
                offset.path("partition").asInt(),
                offset.path("offset").asLong());
    }

    @Test
    void cloudEvents_areEncodedInAvro() throws Exception {
        HttpResponse<String> answer = post(
                "/events/avro-orders",
                FITS,
                "Content-Type",
                JSON,
                "ce-specversion",
                "1.0",
                "ce-id",
                "1",
                "ce-source",
                "/test",
                "ce-type",
                "order");

        assertThat(answer.statusCode()).isEqualTo(200);
        ConsumerRecord<byte[], byte[]> record = at(receipt(answer));
        assertThat(read(record, MONEY)).contains("김철수");
        assertThat(KafkaProbe.header(record, "ce_type")).isEqualTo("order");
    }

    @Test
    void newerSchemaVersion_isUsedWithoutARestart() throws Exception {
        int before = id(at(receipt(post("/events/avro-growing", "{\"a\":1}", "Content-Type", JSON))));

        int after = registry.register(
                "growing%2Fvalue",
                GROWING.formatted(",{\"name\":\"b\",\"type\":\"string\",\"default\":\"none\"}"), Map.of());

        assertThat(after).isNotEqualTo(before);
        await().until(() -> isWrittenBy(after, "avro-growing", "{\"a\":1,\"b\":\"x\"}"));
        JsonNode older = receipt(post("/events/avro-growing", "{\"a\":2}", "Content-Type", JSON));
        assertThat(read(at(older))).isEqualTo("{\"a\": 2, \"b\": \"none\"}");
    }

    @Test
    @Nightly(
            perChange = {
                "SchemaRegistryIT#newerSchemaVersion_isUsedWithoutARestart",
                "DeadLettersCommandIT#replayOfARejectedEvent_intoAnAvroTopicWithAnUnknownSchema_isSkipped"
            })
    void unknownSchema_is503_untilItIsRegistered() throws Exception {
        HttpResponse<String> answer = post("/events/avro-late", "{\"a\":1}", "Content-Type", JSON);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(Http.json(answer).path("error").asText()).isEqualTo("the topic's Avro schema is not known yet");

        int late = registry.register("late-value", GROWING.formatted(""), Map.of());
        await().until(() -> isWrittenBy(late, "avro-late", "{\"a\":1}"));
    }

    private static boolean isWrittenBy(int id, String topic, String event) throws Exception {
        HttpResponse<String> answer = post("/events/" + topic, event, "Content-Type", JSON);
        return answer.statusCode() == 200 && id(at(receipt(answer))) == id;
    }

    @Test
    void avroTopicWithoutARegistry_failsTheStart() {
        assertThatThrownBy(() -> RunningWadi.startIngest(Map.of(
                        "wadi.topics-file", directory.resolve("topics.yaml").toString())))
                .hasStackTraceContaining(
                        "topics.yaml: avro-late: ingest: avro names the subject late-value but no schema registry is"
                                + " configured: set wadi.schema-registry.url");
    }

    /** Uses its own pipeline, and its own registry, which is started later and killed at the end. */
    @Test
    @Nightly(
            perChange = {
                "SchemaRegistryIT#newerSchemaVersion_isUsedWithoutARestart",
                "DeadLettersCommandIT#replayOfARejectedEvent_intoAnAvroTopicWithAnUnknownSchema_isSkipped"
            })
    void unavailableRegistry_isAwaited_andNotNeededOnceSchemasAreCached() throws Exception {
        String url = "wadi.schema-registry.url";
        try (OwnSchemaRegistry away = OwnSchemaRegistry.notStarted();
                Warnings warnings = new Warnings("io.wadi.runtime.watch.WatchedValue");
                RunningWadi other = RunningWadi.startIngest(Map.of(
                        "wadi.topics-file",
                        directory.resolve("topics.yaml").toString(),
                        url,
                        away.url(),
                        "wadi.schema-registry.refresh-interval",
                        "1s"))) {
            assertThat(status(other)).isEqualTo(503);
            await().until(() -> warnings.lines().stream()
                    .anyMatch(line -> line.contains("the schema of orders-value at " + away.url())
                            && line.contains("no content was read yet")));

            away.start();
            away.register("money", MONEY, Map.of());
            away.register("orders-value", ORDER, Map.of("shop.Money", "money"));
            await().until(() -> status(other) == 200);

            warnings.take();
            away.kill();
            await().until(() -> warnings.lines().stream()
                    .anyMatch(line -> line.contains("orders-value") && line.contains("stays in effect")));
            assertThat(status(other)).isEqualTo(200);
        }
    }

    private static int status(RunningWadi of) throws IOException, InterruptedException {
        return Http.post(of.eventsUrl() + "/events/avro-orders", FITS.getBytes(UTF_8), "Content-Type", JSON)
                .statusCode();
    }
}
