package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.soak.TopicFiles.Landed;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The migration from Kafka Connect's sinks in {@code docs/how-to/migrate.md}: Wadi takes over their offsets, and no
 * record is lost or duplicated.
 */
class TakeOverFromConnectIT {
    @TempDir
    private Path configuration;

    private static void send(String topic, int partition, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            KafkaProbe.send(new ProducerRecord<>(
                    topic, partition, null, value(partition, i).getBytes(UTF_8)));
        }
    }

    private static String value(int partition, int offset) {
        return "{\"partition\":%d,\"number\":%d}".formatted(partition, offset);
    }

    /** Commits the offsets that a connector leaves in Kafka after an orderly stop. */
    private static void commit(String group, String topic, long... offsets) {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
        for (int partition = 0; partition < offsets.length; partition++) {
            if (offsets[partition] >= 0) {
                committed.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offsets[partition]));
            }
        }
        try (KafkaConsumer<byte[], byte[]> connector = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers(), "group.id", group),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            connector.commitSync(committed);
        }
    }

    private CommandProcess groups(String... words) throws Exception {
        return TestedCommand.onServers("groups", configuration, Map.of()).inThisJvm(words);
    }

    private static List<String> lines(List<Landed> files, int partition) {
        return files.stream()
                .filter(file -> file.partition() == partition)
                .flatMap(file -> file.lines().stream())
                .toList();
    }

    private static List<String> values(int partition, int from, int to) {
        List<String> values = new ArrayList<>();
        for (int i = from; i < to; i++) {
            values.add(value(partition, i));
        }
        return values;
    }

    @Test
    void landingIntoItsOwnDirectory_resumesAtTheConnectorsOffsets() throws Exception {
        String topic = "connect-landed";
        TopicProbe.create(topic, 3);
        for (int partition = 0; partition < 3; partition++) {
            send(topic, partition, 0, 10);
        }
        commit("connect-hdfs-sink", topic, 4, 10, -1);

        assertThat(groups("reset", topic + "-landing", "--as", "connect-hdfs-sink", "--apply"))
                .isEqualTo(new CommandProcess(0, """
                        connect-landed-0: nothing committed → set to 4
                        connect-landed-1: nothing committed → set to 10
                        """, ""));
        try (RunningWadi wadi = RunningWadi.startWithTopic(configuration, topic, 3, Map.of())) {
            assertThat(wadi.managementUrl()).isNotEmpty();
            for (int partition = 0; partition < 3; partition++) {
                send(topic, partition, 10, 15);
            }
            await().until(() -> HdfsProbe.coveredOffsets("/" + topic, topic) >= 11 + 5 + 15);
        }

        List<Landed> files = HdfsProbe.landed("/" + topic, topic);
        assertThat(lines(files, 0)).isEqualTo(values(0, 4, 15));
        assertThat(lines(files, 1)).isEqualTo(values(1, 10, 15));
        assertThat(lines(files, 2))
                .as("of which the connector had committed nothing")
                .isEqualTo(values(2, 0, 15));
    }

    @Test
    @Nightly(
            perChange = {
                "PartitionLanderConflictTest",
                "TakeOverFromConnectIT#landingIntoItsOwnDirectory_resumesAtTheConnectorsOffsets"
            })
    void landingIntoTheConnectorsDirectory_waitsUntilFilesAreRenamed_thenResumes() throws Exception {
        String topic = "connect-files";
        TopicProbe.create(topic, 1);
        send(topic, 0, 0, 10);
        String base = "/" + topic + "/" + topic + "/partition=0/";
        try (FileSystem hdfs = HdfsProbe.open()) {
            write(hdfs, base + "connect-files+0+0000000000+0000000003.json", values(0, 0, 4));
            write(hdfs, base + "connect-files+0+0000000004+0000000006.json", values(0, 4, 7));
            try (RunningWadi wadi = RunningWadi.startWithTopic(configuration, topic, 1, Map.of())) {
                await().untilAsserted(() -> assertThat(health(wadi))
                        .contains("connect-files+0+0000000000+0000000003.json: it is not a landed file of this"
                                + " partition"));

                rename(hdfs, base, 0, 3);
                rename(hdfs, base, 4, 6);

                await().until(() -> HdfsProbe.coveredOffsets("/" + topic, topic) >= 10);
            }
        }
        assertThat(lines(HdfsProbe.landed("/" + topic, topic), 0)).isEqualTo(values(0, 0, 10));
    }

    private static String health(RunningWadi wadi) throws Exception {
        StringBuilder messages = new StringBuilder();
        for (JsonNode check :
                Http.json(Http.get(wadi.managementUrl() + "/observe/health")).path("checks")) {
            messages.append(check.findValuesAsText("message"))
                    .append(check.path("data").toString());
        }
        return messages.toString().replace("\\/", "/");
    }

    private static void write(FileSystem hdfs, String path, List<String> lines) throws Exception {
        try (OutputStream out = hdfs.create(new org.apache.hadoop.fs.Path(path))) {
            out.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
        }
    }

    /** Renames files as the command in {@code docs/how-to/migrate.md} does. */
    private static void rename(FileSystem hdfs, String base, int first, int last) throws Exception {
        assertThat(hdfs.rename(
                        new org.apache.hadoop.fs.Path(
                                "%sconnect-files+0+%010d+%010d.json".formatted(base, first, last)),
                        new org.apache.hadoop.fs.Path(
                                "%sconnect-files+0+%020d+%020d.jsonl".formatted(base, first, last))))
                .isTrue();
    }

    /** The connector was killed before its last commit: documents that it indexed after it are not indexed twice. */
    @Test
    @Nightly(
            perChange = {
                "BulkOutcomeTest",
                "PartitionIndexerRandomTest",
                "TakeOverFromConnectIT#landingIntoItsOwnDirectory_resumesAtTheConnectorsOffsets"
            })
    void indexingIntoTheConnectorsIndex_addsMissingDocuments_withoutDuplicates() throws Exception {
        String topic = "connect-indexed";
        TopicProbe.create(topic, 2);
        send(topic, 0, 0, 10);
        send(topic, 1, 0, 5);
        ElasticsearchProbe elasticsearch =
                new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());
        for (int offset = 0; offset < 8; offset++) {
            elasticsearch.send(
                    "PUT",
                    "/%s/_create/%s%%2B0%%2B%d".formatted(topic, topic, offset),
                    "{\"partition\":0,\"number\":%d,\"by\":\"connector\"}".formatted(offset));
        }
        commit("connect-elasticsearch-sink", topic, 6, 0);

        assertThat(groups("reset", topic + "-indexing", "--as", "connect-elasticsearch-sink", "--apply")
                        .code())
                .isZero();
        try (RunningWadi wadi = RunningWadi.startWithTopic(configuration, topic, 2, Map.of())) {
            assertThat(wadi.managementUrl()).isNotEmpty();
            await().until(() -> elasticsearch.ids(topic).size() >= 15);
            await().until(() -> GroupProbe.committedRecords(topic + "-indexing") == 15);
        }

        List<String> ids = elasticsearch.ids(topic);
        assertThat(ids).hasSize(15);
        assertThat(new TreeSet<>(ids)).hasSize(15);
        assertThat(elasticsearch
                        .request("GET", "/" + topic + "/_count?q=by:connector", "")
                        .path("count")
                        .asInt())
                .as("documents as the connector wrote them")
                .isEqualTo(8);
    }
}
