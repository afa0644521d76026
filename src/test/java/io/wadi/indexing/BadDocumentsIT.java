package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/**
 * Records that cannot be documents, among valid ones, with the shipped indexing route and real Elasticsearch: each of
 * them is an unmodified dead letter with the reason, and its partition continues.
 */
class BadDocumentsIT {
    private static final String TOPIC = "indexing-bad-documents";
    private static final int TEN_MB = 10_000_000;
    /** More than the default {@code buffer.memory} of a producer, but little when compressed. */
    private static final int BEYOND_PRODUCERS_BUFFER = 33 << 20;

    private static final String MAPPING = """
            {"mappings":{"properties":{"n":{"type":"long"},"time":{"type":"date"},"nanos":{"type":"date_nanos"},
             "word":{"type":"keyword"},"text":{"type":"text"}}}}
            """;

    /** A value with one byte per character, and the message of its dead letter; null if it is a document. */
    private record Case(String value, String reason) {
        static Case bad(String value, String reason) {
            return new Case(value, reason);
        }

        static Case good(String value) {
            return new Case(value, null);
        }

        byte[] bytes() {
            return value == null ? null : value.getBytes(ISO_8859_1);
        }
    }

    private static List<Case> noObjects() {
        return List.of(
                Case.bad(null, "found no value (a tombstone)"),
                Case.bad("", "found an empty value"),
                Case.bad("not json", "not JSON: line 1, column"),
                Case.bad("[1,2]", "found an array, expected a JSON object"),
                Case.bad("\"text\"", "found a string"),
                Case.bad("17", "found a number"),
                Case.bad("null", "found null"),
                Case.bad("{\"n\":1", "not JSON: line 1, column"),
                Case.bad("{\"n\":1}{\"n\":2}", "more than one JSON value"),
                Case.bad("{\"n\":1}\n{\"n\":2}", "more than one JSON value"),
                Case.bad("{\"word\":\"\u00e9\"}", "Invalid UTF-8"),
                Case.bad("{\"word\":".repeat(1100) + "1" + "}".repeat(1100), "nesting depth"));
    }

    private static List<Case> keys() {
        return List.of(
                Case.good("{\"a.b\":1,\"a.c\":{\"d.e\":2}}"),
                Case.bad("{\"\":1}", "field name cannot be an empty string"),
                Case.bad("{\"a\":{\"\":1}}", "field name cannot be an empty string"),
                Case.bad("{\" \":1}", "Field name cannot contain only whitespace"),
                Case.bad("{\"a..b\":1}", "field name cannot contain only whitespace"),
                Case.bad("{\".a\":1}", "field name cannot contain only whitespace"),
                Case.bad("{\".\":1}", "field name cannot contain only dots"),
                Case.bad("{\"n.x\":1}", "n"),
                Case.bad("{\"_id\":\"mine\"}", "Field [_id] is a metadata field"),
                Case.bad("{\"n\":1,\"n\":2}", "Duplicate field 'n'"),
                Case.good("{\"\\u0000\":1,\"\\u0000\\u0000\":1,\"\\ud83d\\ude00\":1}"),
                // Elasticsearch would accept each of these documents; then its index would become red.
                Case.bad("{\"\\ud800\":1,\"\\ud801\":1}", "Broken surrogate pair in field name"),
                Case.bad("{\"\u00ed\u00a0\u0080\":1,\"\u00ed\u00a0\u0081\":1}", "Invalid UTF-8"),
                Case.bad(
                        "{\"\u00f0\u0080\u0080\u0080\":1,\"\u00f0\u0080\u0080\u0081\":1}",
                        "Invalid UTF-8 in field name: unpaired surrogate"));
    }

    private static List<Case> values() {
        return List.of(
                Case.bad("{\"n\":{\"is\":\"an object\"}}", "document_parsing_exception"),
                Case.bad("{\"n\":99999999999999999999}", "out of range of long"),
                Case.good("{\"time\":\"2021-04-14T12:34:56.789Z\",\"nanos\":\"2021-04-14T12:34:56.789Z\"}"),
                Case.bad("{\"time\":\"2021-02-30\"}", "Invalid date 'FEBRUARY 30'"),
                Case.bad("{\"time\":\"20210-04-14\"}", "failed to parse date field [20210-04-14]"),
                Case.bad("{\"time\":99999999999999999999}", "failed to parse field [time]"),
                Case.bad("{\"nanos\":\"1500-01-01\"}", "before the epoch in 1970"),
                Case.bad("{\"nanos\":\"2500-01-01\"}", "after 2262-04-11"),
                Case.bad(fields(2000), "Limit of total fields [1000] has been exceeded"),
                Case.bad(
                        "{\"deep\":" + "{\"x\":".repeat(25) + "1" + "}".repeat(26),
                        "Limit of mapping depth [20] has been exceeded"),
                Case.good("{\"word\":\"\\ud800\",\"text\":\"\\udc00\\u0000\",\"dynamic\":\"\\ud800\"}"),
                Case.good("{\"text\":\"%s\"}".formatted("many words ".repeat(TEN_MB / 11))),
                Case.bad("{\"word\":\"%s\"}".formatted("x".repeat(TEN_MB)), "immense term"),
                Case.bad("x".repeat(TEN_MB), "not JSON: line 1, column"),
                Case.bad("x".repeat(BEYOND_PRODUCERS_BUFFER), "not JSON: line 1, column"));
    }

    private static String fields(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"f%d\":%d".formatted(i, i))
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Test
    void invalidDocuments_areDeadLettersWithTheReason_andOthersAreIndexed() throws Exception {
        ElasticsearchProbe elasticsearch =
                new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());
        elasticsearch.request("PUT", "/" + TOPIC, MAPPING);
        TopicProbe.create(TOPIC, 1, Map.of("max.message.bytes", Integer.toString(2 * TEN_MB)));
        Map<Long, Case> sent = send();

        try (RunningWadi wadi = RunningWadi.startIndexing(TOPIC, Map.of())) {
            IndexedOnce.awaitAll(TOPIC);
            assertThat(Http.get(wadi.managementUrl() + "/observe/health").body())
                    .contains("UP")
                    .doesNotContain("retrying at offset");
        }

        IndexedOnce.check(elasticsearch, TOPIC);
        List<ConsumerRecord<byte[], byte[]>> deadLetters = KafkaProbe.read(
                "wadi.dead-letter",
                deadLetter ->
                        KafkaProbe.header(deadLetter, "__connect.errors.topic").equals(TOPIC));
        assertThat(deadLetters)
                .hasSize((int) sent.values().stream()
                        .filter(each -> each.reason() != null)
                        .count())
                .allSatisfy(deadLetter -> {
                    Case its = sent.get(Long.valueOf(KafkaProbe.header(deadLetter, "__connect.errors.offset")));
                    assertThat(deadLetter.value()).isEqualTo(its.bytes());
                    assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                            .contains(its.reason());
                });
    }

    /** Sends each case between two valid documents; returns the cases by their offsets. */
    private static Map<Long, Case> send() throws Exception {
        List<Case> cases = new ArrayList<>();
        for (List<Case> each : List.of(noObjects(), keys(), values())) {
            for (Case one : each) {
                cases.add(Case.good("{\"n\":1}"));
                cases.add(one);
            }
        }
        cases.add(Case.good("{\"n\":2}"));
        Map<Long, Case> sent = new HashMap<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        TestServers.shared().ports().kafkaBrokers(),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        2 * BEYOND_PRODUCERS_BUFFER,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        2 * BEYOND_PRODUCERS_BUFFER,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (Case each : cases) {
                sent.put(
                        producer.send(new ProducerRecord<>(TOPIC, 0, null, each.bytes()))
                                .get()
                                .offset(),
                        each);
            }
        }
        return sent;
    }
}
