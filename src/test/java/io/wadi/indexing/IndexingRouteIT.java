package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.Fixtures;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code routes/indexing.camel.yaml} as shipped, on real Kafka and real Elasticsearch. */
class IndexingRouteIT {
    private static final String TOPIC = "indexing-route-test";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        TopicProbe.create(TOPIC, 2);
        wadi = RunningWadi.startIndexing(TOPIC, Map.of("wadi.indexing.consumers", "2"));
    }

    @AfterAll
    static void stop() {
        wadi.close();
    }

    @Test
    void events_areDocumentsIdentifiedByTopicPartitionAndOffset() throws Exception {
        for (String line : Fixtures.lines("select-color.ndjson")) {
            RecordMetadata sent = send(line);

            String id = TOPIC + "+" + sent.partition() + "+" + sent.offset();
            await().until(() -> document(id).statusCode() == 200);

            assertThat(Http.json(document(id)).path("_source")).isEqualTo(JSON.readTree(line));
        }
    }

    @Test
    void consumers_shareThePartitions() throws Exception {
        RecordMetadata sent = KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, null, "{}".getBytes(UTF_8)));

        await().until(() -> GroupProbe.isShared(TOPIC, 2));
        await().until(() -> document(TOPIC + "+1+" + sent.offset()).statusCode() == 200);
    }

    @Test
    void eventWithASenderId_isOneDocument_andItsDuplicatesAreDeadLetters() throws Exception {
        RecordMetadata first = sendWithId("{\"order\":17}", "~shop~order-17");
        RecordMetadata second = sendWithId("{\"order\":17}", "~shop~order-17");
        RecordMetadata last = send("{\"order\":18}");

        await().until(() -> document(TOPIC + "+0+" + last.offset()).statusCode() == 200);

        assertThat(Http.json(document("~shop~order-17")).path("_version").asInt())
                .isEqualTo(1);
        assertThat(Http.json(document("~shop~order-17"))
                        .at("/_source/wadi-origin")
                        .asText())
                .isEqualTo(TOPIC + "+0+" + first.offset());
        assertThat(KafkaProbe.header(deadLetter(second), "__connect.errors.exception.message"))
                .contains(
                        "~shop~order-17",
                        "origin of the stored document: " + TOPIC + "+0+" + first.offset(),
                        "origin of this record: " + TOPIC + "+0+" + second.offset());
        assertThat(KafkaProbe.deadLetters(first, "indexing")).isEmpty();
        assertThat(KafkaProbe.deadLetters(last, "indexing")).isEmpty();
    }

    @Test
    void recordThatIsNotAJsonObject_isADeadLetter_andOthersAreIndexed() throws Exception {
        RecordMetadata bad = send("not json");
        RecordMetadata good = send("{\"pretty\":\r\n true}");

        await().until(() -> document(TOPIC + "+0+" + good.offset()).statusCode() == 200);

        ConsumerRecord<byte[], byte[]> deadLetter = deadLetter(bad);
        assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("not json");
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                .startsWith("not JSON: line 1, column ");
    }

    @Test
    void documentRejectedByTheIndex_isADeadLetterWithElasticsearchsReason() throws Exception {
        RecordMetadata first = send("{\"number\":1}");
        await().until(() -> document(TOPIC + "+0+" + first.offset()).statusCode() == 200);

        RecordMetadata conflict = send("{\"number\":{\"is\":\"an object\"}}");
        RecordMetadata good = send("{\"number\":2}");
        await().until(() -> document(TOPIC + "+0+" + good.offset()).statusCode() == 200);

        ConsumerRecord<byte[], byte[]> deadLetter = deadLetter(conflict);
        assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("{\"number\":{\"is\":\"an object\"}}");
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                .contains("400", "document_parsing_exception", "number");
    }

    /** Elasticsearch accepts such a template, but creates no index from it. */
    @Test
    void templateThatPreventsNewIndices_isNoReasonForDeadLetters() throws Exception {
        String topic = TOPIC + "-sorted";
        TopicProbe.create(topic, 1);
        ElasticsearchProbe elasticsearch =
                new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());
        String template = "{\"index_patterns\":[\"" + topic
                + "-2*\"],\"template\":{\"settings\":{\"index.sort.field\":\"n\"}%s}}";
        elasticsearch.request("PUT", "/_index_template/" + topic, template.formatted(""));
        RecordMetadata sent = KafkaProbe.send(new ProducerRecord<>(topic, "{\"n\":1}".getBytes(UTF_8)));
        try (RunningWadi dated = RunningWadi.startIndexing(topic, Map.of("wadi.indexing.index", topic + "-{yyyy}"))) {
            await().until(() -> Http.get(dated.managementUrl() + "/observe/health")
                    .body()
                    .contains("unknown index sort field:[n]"));
            elasticsearch.request(
                    "PUT",
                    "/_index_template/" + topic,
                    template.formatted(",\"mappings\":{\"properties\":{\"n\":{\"type\":\"long\"}}}"));
            IndexedOnce.awaitAll(topic);
        }
        await().untilAsserted(() ->
                assertThat(elasticsearch("/" + topic + "-*/_count").body()).contains("\"count\":1"));
        assertThat(KafkaProbe.deadLetters(sent, "indexing")).isEmpty();
    }

    @Test
    void deletedIndex_thatElasticsearchMayNotCreateForADocument_isCreatedAgain() throws Exception {
        String topic = TOPIC + "-deleted";
        TopicProbe.create(topic, 1);
        ElasticsearchProbe elasticsearch =
                new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());
        String autoCreate = "{\"persistent\":{\"action.auto_create_index\":%s}}";
        elasticsearch.request("PUT", "/_cluster/settings", autoCreate.formatted("\"-" + topic + ",+*\""));
        try (RunningWadi deleted = RunningWadi.startIndexing(topic, Map.of())) {
            KafkaProbe.send(new ProducerRecord<>(topic, "{\"n\":1}".getBytes(UTF_8)));
            IndexedOnce.awaitAll(topic);
            elasticsearch.request("DELETE", "/" + topic + "-000001", "");

            RecordMetadata sent = KafkaProbe.send(new ProducerRecord<>(topic, "{\"n\":2}".getBytes(UTF_8)));
            await().until(() -> elasticsearch("/" + topic + "/_doc/" + topic + "%2B0%2B" + sent.offset())
                            .statusCode()
                    == 200);
            assertThat(elasticsearch("/_alias/" + topic).statusCode()).isEqualTo(200);
        } finally {
            elasticsearch.request("PUT", "/_cluster/settings", autoCreate.formatted("null"));
        }
    }

    @Test
    @Nightly(perChange = {"IndexNameTest", "EventTimeTest", "IndexSetupIT"})
    void datedIndex_isChosenByEventDate_andHasTheMappingOfItsTemplate() throws Exception {
        String topic = TOPIC + "-dated";
        TopicProbe.create(topic, 1, Map.of("retention.ms", "-1"));
        long day = Instant.parse("2021-04-16T00:00:00Z").toEpochMilli();
        try (RunningWadi dated = RunningWadi.startIndexing(
                topic,
                Map.of(
                        "wadi.indexing.index", "select-color-index-by-day-{yyyy.MM.dd}",
                        "wadi.indexing.time-field", "timestamp"))) {
            for (String timestamp : List.of("\"2021-04-14T23:34:56.789-0900\"", "1618475696789000000", "null")) {
                KafkaProbe.send(new ProducerRecord<>(
                        topic,
                        null,
                        day,
                        null,
                        "{\"timestamp\":%s,\"colorName\":\"red\"}"
                                .formatted(timestamp)
                                .getBytes(UTF_8)));
            }
            String index = "/select-color-index-by-day-2021.04.15";
            IndexedOnce.awaitAll(topic);
            assertThat(elasticsearch(index + "/_doc/" + topic + "%2B0%2B0").statusCode())
                    .isEqualTo(200);
            assertThat(Http.json(elasticsearch("/select-color-index-by-day-*")).fieldNames())
                    .toIterable()
                    .as("indices, none of the time in nanoseconds")
                    .containsExactlyInAnyOrder(index.substring(1), "select-color-index-by-day-2021.04.16");
            assertThat(Http.json(elasticsearch(index + "/_mapping/field/@timestamp"))
                            .findValue("path")
                            .asText())
                    .isEqualTo("timestamp");
        }
    }

    @Test
    @Nightly(perChange = {"EventTimeTest", "IndexSetupIT#existingIndices_dataStreamsAndDatedIndices_areNotCreated"})
    void dataStream_getsDocumentsWithTheEventTimeAsTimestamp() throws Exception {
        String topic = TOPIC + "-stream";
        TopicProbe.create(topic, 1);
        new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl())
                .request(
                        "PUT",
                        "/_index_template/" + topic,
                        "{\"index_patterns\":[\"" + topic + "\"],\"data_stream\":{}}");
        try (RunningWadi stream = RunningWadi.startIndexing(
                topic, Map.of("wadi.indexing.time-field", "when", "wadi.indexing.add-timestamp", "true"))) {
            for (int i = 0; i < 3; i++) {
                KafkaProbe.send(new ProducerRecord<>(topic, "{\"when\":\"2026-11-20T10:00:00Z\"}".getBytes(UTF_8)));
            }
            IndexedOnce.awaitAll(topic);
            IndexedOnce.check(
                    new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl()), topic);
            assertThat(Http.json(elasticsearch("/" + topic + "/_search"))
                            .at("/hits/hits/0/_source/@timestamp")
                            .asText())
                    .isEqualTo("2026-11-20T10:00:00Z");
        }
    }

    @Test
    void recordReplayedRepeatedly_isOneDocumentWithItsOriginalId() throws Exception {
        RecordMetadata bad = send("not json");
        deadLetter(bad);
        String origin = TOPIC + "+0+" + bad.offset();
        for (int attempt = 1; attempt <= 2; attempt++) {
            for (String senderId : List.of("", "~shop~replayed")) {
                ProducerRecord<byte[], byte[]> replayed =
                        new ProducerRecord<>(TOPIC, 0, null, "{\"mended\":true}".getBytes(UTF_8));
                replayed.headers().add("wadi-origin", origin.getBytes(UTF_8));
                if (!senderId.isEmpty()) {
                    replayed.headers().add("wadi-id", senderId.getBytes(UTF_8));
                }
                KafkaProbe.send(replayed);
            }
        }
        RecordMetadata last = send("{\"order\":19}");
        await().until(() -> document(TOPIC + "+0+" + last.offset()).statusCode() == 200);

        assertThat(Http.json(document(origin)).path("_source")).isEqualTo(JSON.readTree("{\"mended\":true}"));
        assertThat(Http.json(document("~shop~replayed"))
                        .at("/_source/wadi-origin")
                        .asText())
                .isEqualTo(origin);
        assertThat(KafkaProbe.read(
                        "wadi.dead-letter",
                        deadLetter -> KafkaProbe.header(deadLetter, "__connect.errors.topic")
                                        .equals(TOPIC)
                                && Long.parseLong(KafkaProbe.header(deadLetter, "__connect.errors.offset"))
                                        > bad.offset()))
                .isEmpty();
    }

    @Test
    void documentWithAForgedOriginField_isADeadLetter() throws Exception {
        RecordMetadata claimed = sendWithId("{\"wadi-origin\":\"" + TOPIC + "+0+0\"}", "~shop~claimed");

        assertThat(KafkaProbe.header(deadLetter(claimed), "__connect.errors.exception.message"))
                .contains("wadi-origin");
        // 503 until the shard of a new index is active.
        await().untilAsserted(
                        () -> assertThat(document("~shop~claimed").statusCode()).isEqualTo(404));
    }

    private static RecordMetadata sendWithId(String value, String id) throws Exception {
        ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(TOPIC, 0, null, value.getBytes(UTF_8));
        sent.headers().add("wadi-id", id.getBytes(UTF_8));
        return KafkaProbe.send(sent);
    }

    private static RecordMetadata send(String value) throws Exception {
        return KafkaProbe.send(new ProducerRecord<>(TOPIC, 0, null, value.getBytes(UTF_8)));
    }

    /** Waits for the dead letter of a record, the only one, and returns it. */
    private static ConsumerRecord<byte[], byte[]> deadLetter(RecordMetadata failed) {
        await().until(() -> !KafkaProbe.deadLetters(failed, "indexing").isEmpty());
        List<ConsumerRecord<byte[], byte[]>> deadLetters = KafkaProbe.deadLetters(failed, "indexing");
        assertThat(deadLetters).hasSize(1);
        return deadLetters.get(0);
    }

    private static HttpResponse<String> document(String id) throws Exception {
        return elasticsearch("/" + TOPIC + "/_doc/" + id.replace("+", "%2B"));
    }

    private static HttpResponse<String> elasticsearch(String path) throws Exception {
        return Http.get(TestServers.shared().ports().elasticsearchUrl() + path);
    }
}
