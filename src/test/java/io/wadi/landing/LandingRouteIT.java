package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.landing.files.Layout;
import io.wadi.local.soak.TopicFiles;
import io.wadi.testing.Fixtures;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.Rounds;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code routes/landing.camel.yaml} as shipped, on real Kafka and real HDFS. */
class LandingRouteIT {
    private static final String TOPIC = "landing-route-test";

    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        TopicProbe.create(TOPIC, 2);
        wadi = RunningWadi.startRoutes(
                List.of("landing"),
                Map.of(
                        "wadi.landing.topics", "select-color," + TOPIC,
                        "wadi.landing.group", "landing-route-test",
                        "wadi.landing.consumers", "2",
                        "wadi.landing.directory", "/landing-route-test"));
    }

    @AfterAll
    static void stop() {
        wadi.close();
    }

    @Test
    void values_areLandedByteForByte_inFilesNamedByOffsetRange() throws Exception {
        List<String> values = new ArrayList<>(Fixtures.lines("select-color.ndjson"));
        values.add("{\"control\":\"\\u0000\\u001f\",\"raw\":\"\u007f\u0085\u2028\",\"한글\":\"값\"}");
        List<RecordMetadata> sent = new ArrayList<>();
        for (String value : values) {
            sent.add(KafkaProbe.send(new ProducerRecord<>(TOPIC, 0, null, value.getBytes(UTF_8))));
        }

        RecordMetadata last = sent.get(sent.size() - 1);
        await().until(() -> covered(last));

        List<String> landed = new ArrayList<>();
        long next = 0;
        for (TopicFiles.Landed file : HdfsProbe.landed("/landing-route-test", TOPIC)) {
            if (file.partition() == 0) {
                assertThat(file.first()).isEqualTo(next);
                assertThat(file.lines()).hasSize((int) (file.last() - file.first() + 1));
                next = file.last() + 1;
                landed.addAll(file.lines());
            }
        }
        assertThat(landed).isEqualTo(values);
        await().untilAsserted(() -> assertThat(GroupProbe.committed("landing-route-test")
                        .get(new TopicPartition(TOPIC, 0))
                        .offset())
                .isEqualTo(last.offset() + 1));
    }

    @Test
    void consumers_shareThePartitions() {
        await().until(() -> GroupProbe.isShared("landing-route-test", 2));
    }

    @Test
    void valuesWithLineBreaks_areDeadLetters_andOthersAreLanded() throws Exception {
        RecordMetadata broken = KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, null, "{\"a\":\n1}".getBytes(UTF_8)));
        RecordMetadata none = KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, "key".getBytes(UTF_8), null));
        String envelope = "{\"topic\":\"%s\",\"partition\":1,\"offset\":9,\"value\":{}}".formatted(TOPIC);
        RecordMetadata forged = KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, null, envelope.getBytes(UTF_8)));
        RecordMetadata good = KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, null, "{\"good\":1}".getBytes(UTF_8)));

        await().until(() -> covered(good));

        ConsumerRecord<byte[], byte[]> deadLetter =
                KafkaProbe.deadLetters(broken, "landing").get(0);
        assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("{\"a\":\n1}");
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                .isEqualTo("the value has a line break at byte 5; a line must not contain any");
        assertThat(KafkaProbe.deadLetters(none, "landing")).hasSize(1);
        assertThat(KafkaProbe.deadLetters(forged, "landing")).hasSize(1);
        assertThat(HdfsProbe.landed("/landing-route-test", TOPIC).stream()
                        .filter(file -> file.partition() == 1)
                        .flatMap(file -> file.lines().stream()))
                .containsExactly("{\"good\":1}");
    }

    @ParameterizedTest
    @Nightly(perChange = {"EncodingsTest", "LandingRouteIT#format_changedBetweenTwoStarts_resumesAfterTheLastFile"})
    @ValueSource(strings = {"jsonl.gz", "jsonl.zst", "parquet", "avro"})
    void format_validRecordsAreLanded_andInvalidOnesAreDeadLetters(String format) throws Exception {
        String topic = "landing-" + format;
        String directory = "/landing-" + format;
        TopicProbe.create(topic, 1);
        List<String> events = Fixtures.lines("select-color.ndjson");
        RecordMetadata none = KafkaProbe.send(new ProducerRecord<>(topic, 0, "key".getBytes(UTF_8), null));
        for (String event : events) {
            KafkaProbe.send(new ProducerRecord<>(topic, 0, null, event.getBytes(UTF_8)));
        }
        RecordMetadata broken = KafkaProbe.send(new ProducerRecord<>(topic, 0, null, "[1,\n2]".getBytes(UTF_8)));

        try (RunningWadi landing = start(topic, directory, format)) {
            await().until(() -> covered(directory, broken));
        }

        List<TopicFiles.Landed> files = HdfsProbe.landed(directory, topic);
        assertThat(files).extracting(TopicFiles.Landed::extension).containsOnly(format);
        assertThat(files.get(0).first()).isZero();
        assertThat(files.get(files.size() - 1).last()).isEqualTo(broken.offset());
        List<String> landed =
                files.stream().flatMap(file -> file.lines().stream()).toList();
        if (format.startsWith("jsonl")) {
            assertThat(landed).isEqualTo(events);
        } else {
            assertThat(landed).hasSameSizeAs(events);
            assertThat(landed.get(1))
                    .isEqualTo(
                            "{\"timestamp\":1618371297001,\"userAgent\":\"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like "
                                    + "Mac OS X)\",\"colorName\":\"blue\",\"userName\":\"김철수\"}");
        }
        assertThat(cause(none))
                .isEqualTo("the record has no value (a tombstone); a %s requires one"
                        .formatted(format.startsWith("jsonl") ? "line" : "row"));
        assertThat(cause(broken))
                .isEqualTo(
                        format.startsWith("jsonl")
                                ? "the value has a line break at byte 3; a line must not contain any"
                                : "at \"\": found an array, expected an object");
        assertThat(new String(deadLetter(broken).value(), UTF_8)).isEqualTo("[1,\n2]");
        assertThat(path(directory, broken)).endsWith("." + format);
    }

    @Test
    void format_changedBetweenTwoStarts_resumesAfterTheLastFile() throws Exception {
        String topic = "landing-format-changed";
        TopicProbe.create(topic, 1);
        String event = Fixtures.lines("select-color.ndjson").get(0);
        int starts = Rounds.of(2, 4);
        for (String format : List.of("parquet", "jsonl.zst", "avro", "jsonl").subList(0, starts)) {
            RecordMetadata sent = KafkaProbe.send(new ProducerRecord<>(topic, 0, null, event.getBytes(UTF_8)));
            try (RunningWadi landing = start(topic, "/" + topic, format)) {
                await().until(() -> covered("/" + topic, sent));
            }
        }

        assertThat(HdfsProbe.landed("/" + topic, topic))
                .extracting(file -> file.first() + "-" + file.last() + " " + file.extension())
                .containsExactlyElementsOf(List.of("0-0 parquet", "1-1 jsonl.zst", "2-2 avro", "3-3 jsonl")
                        .subList(0, starts));
    }

    /**
     * Otherwise the watermark of an idle partition would be unknown once retention has deleted the marker after the
     * committed offset.
     */
    @ParameterizedTest
    @CsvSource({
        // The file is published at least a second, the consumer's interval for offsets without records, after the
        // records, or with the last of them.
        "3, 3s, 0-2",
        "2, 1h, 0-1"
    })
    @Nightly(
            perChange = {
                "PartitionLanderTest#offsetsWithoutRecords_afterTheRecordsOfTheOpenFile_areInItsRange",
                "PartitionLanderTest#offsetsWithoutRecords_afterThePublishedFile_areCommitted_andInTheRangeOfTheNextFile"
            })
    void markerAfterTheLastRecord_isCommittedPast_andDeletedWithoutAGap(
            String rollRecords, String rollInterval, String file) throws Exception {
        String topic = "landing-marker-" + rollRecords;
        TopicPartition partition = new TopicPartition(topic, 0);
        TopicProbe.create(topic, 1, Map.of("message.timestamp.type", "LogAppendTime"));
        KafkaProbe.sendInTransaction(topic, true, "{}", "{}");
        try (RunningWadi landing = RunningWadi.startLanding(
                topic, Map.of("wadi.landing.roll-records", rollRecords, "wadi.landing.roll-interval", rollInterval))) {
            await().until(() -> GroupProbe.hasRead(topic, Map.of(partition, 3L)));
            TopicProbe.delete(partition, TopicProbe.end(partition));
            Instant deleted = Instant.now();
            await().until(() ->
                    Instant.parse(landed(landing, topic).get("at").asText()).isAfter(deleted));

            assertThat(landed(landing, topic).get("state").asText()).isEqualTo("complete");
        }
        assertThat(HdfsProbe.landed("/" + topic, topic))
                .extracting(landed -> landed.first() + "-" + landed.last())
                .containsExactly(file);
    }

    private static JsonNode landed(RunningWadi running, String topic) throws Exception {
        return Http.json(Http.get(running.managementUrl() + "/watermarks/" + topic))
                .at("/targets/landed");
    }

    @Test
    void envelope_containsKafkasFieldsAndTombstones() throws Exception {
        String topic = "landing-envelope";
        TopicProbe.create(topic, 1);
        ProducerRecord<byte[], byte[]> given =
                new ProducerRecord<>(topic, 0, 1618371296789L, "k".getBytes(UTF_8), "{\n\"a\":1}".getBytes(UTF_8));
        given.headers().add("id", "42".getBytes(UTF_8));
        KafkaProbe.send(given);
        RecordMetadata none =
                KafkaProbe.send(new ProducerRecord<>(topic, 0, (Long) 1618371296790L, (byte[]) null, (byte[]) null));

        try (RunningWadi landing = RunningWadi.startLanding(topic, Map.of("wadi.landing.envelope", "true"))) {
            await().until(() -> covered("/" + topic, none));
        }

        assertThat(HdfsProbe.landed("/" + topic, topic).stream().flatMap(file -> file.lines().stream()))
                .containsExactly(
                        "{\"topic\":\"landing-envelope\",\"partition\":0,\"offset\":0,\"timestamp\":1618371296789,"
                                + "\"timestampType\":\"CreateTime\",\"key\":\"k\","
                                + "\"headers\":[{\"key\":\"id\",\"value\":\"42\"}],\"value\":{ \"a\":1}}",
                        "{\"topic\":\"landing-envelope\",\"partition\":0,\"offset\":1,\"timestamp\":1618371296790,"
                                + "\"timestampType\":\"CreateTime\",\"key\":null,\"headers\":[],\"value\":null}");
    }

    private static RunningWadi start(String topic, String directory, String format) throws Exception {
        Map<String, String> settings =
                new HashMap<>(Map.of("wadi.landing.directory", directory, "wadi.landing.format", format));
        if (!format.startsWith("jsonl")) {
            settings.put("wadi.landing.schema", "schemas/select-color.json");
        }
        if (format.equals("avro")) {
            settings.put("wadi.landing.avro-codec", "null");
        }
        return RunningWadi.startLanding(topic, settings);
    }

    private static String cause(RecordMetadata failed) {
        return KafkaProbe.header(deadLetter(failed), "__connect.errors.exception.message");
    }

    private static ConsumerRecord<byte[], byte[]> deadLetter(RecordMetadata failed) {
        List<ConsumerRecord<byte[], byte[]>> deadLetters = KafkaProbe.deadLetters(failed, "landing");
        assertThat(deadLetters).hasSize(1);
        return deadLetters.get(0);
    }

    /** Returns the path of the file with a record, as receipts find it. */
    private static String path(String directory, RecordMetadata record) throws Exception {
        try (HdfsConnection hdfs =
                new HdfsConnection(HdfsOptions.of(TestServers.shared().ports().hdfsUri()))) {
            HdfsFileStore store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
            return new RecentFiles(store)
                    .covering(
                            new Layout(directory),
                            new TopicPartition(record.topic(), record.partition()),
                            "",
                            record.offset())
                    .orElseThrow()
                    .path();
        }
    }

    private static boolean covered(RecordMetadata record) throws Exception {
        return covered("/landing-route-test", record);
    }

    private static boolean covered(String directory, RecordMetadata record) throws Exception {
        return HdfsProbe.covering(directory, record.topic(), record.partition(), record.offset())
                        .size()
                == 1;
    }
}
