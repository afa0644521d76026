package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.indexing.rebuild.IndexGenerations;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.landing.audit.HandLanded;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./wadi index rebuild} beside a pipeline with landing and indexing. */
class IndexCommandIT {
    private static final ElasticsearchProbe ELASTICSEARCH =
            new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());

    @TempDir
    private Path configuration;

    private static void produce(String topic, int from, int count, String... header) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int i = from; i < from + count; i++) {
                byte[] value = "{\"n\":%d}".formatted(i).getBytes(UTF_8);
                ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(topic, i % 3, null, value);
                if (header.length > 0) {
                    sent.headers().add(header[0], (header[1] + i).getBytes(UTF_8));
                }
                producer.send(sent);
            }
        }
    }

    private static Map<String, String> settings(String topic, boolean envelope) {
        return Map.of(
                "wadi.landing.topics",
                topic,
                "wadi.landing.group",
                topic + "-landing",
                "wadi.landing.directory",
                "/" + topic,
                "wadi.landing.roll-records",
                "40",
                "wadi.landing.envelope",
                Boolean.toString(envelope),
                "wadi.indexing.topic",
                topic,
                "wadi.indexing.index",
                topic,
                "wadi.indexing.group",
                topic);
    }

    private TestedCommand command(Map<String, String> settings) {
        return TestedCommand.onServers("index", configuration, settings);
    }

    private CommandProcess rebuild(Map<String, String> settings, String... words) throws Exception {
        return command(settings).inThisJvm(rebuild(words));
    }

    private static String[] rebuild(String... words) {
        return Stream.concat(Stream.of("rebuild"), Stream.of(words)).toArray(String[]::new);
    }

    private static void awaitCommitted(String group, String topic) {
        await().untilAsserted(() -> {
            for (int partition = 0; partition < 3; partition++) {
                TopicPartition each = new TopicPartition(topic, partition);
                assertThat(GroupProbe.committed(group).get(each)).isNotNull();
                assertThat(GroupProbe.committed(group).get(each).offset()).isEqualTo(TopicProbe.end(each));
            }
        });
    }

    private static void mapAsKeyword(String topic) throws Exception {
        ELASTICSEARCH.request(
                "PUT",
                "/_index_template/" + topic,
                "{\"index_patterns\":[\"" + topic + "*\"],\"priority\":50,\"template\":{\"mappings\":{\"properties\":"
                        + "{\"n\":{\"type\":\"keyword\"}}},\"settings\":{\"index.refresh_interval\":\"7s\"}}}");
    }

    @Test
    void rebuild_indexesEachRecordOnceWithTheNewMapping_andSwitchesTheAlias() throws Exception {
        String topic = "rebuilt";
        TopicProbe.create(topic, 3);
        Map<String, String> settings = settings(topic, false);
        try (RunningWadi wadi = RunningWadi.startRoutes(List.of("landing", "indexing"), settings)) {
            produce(topic, 0, 600);
            awaitCommitted(topic + "-landing", topic);
            awaitCommitted(topic, topic);
            assertThat(ELASTICSEARCH.ids(topic)).hasSize(600);
            mapAsKeyword(topic);
            produce(topic, 600, 30);

            CommandProcess done = command(settings).asProcess(rebuild(topic));

            assertThat(done.code()).as(done.err()).isZero();
            assertThat(done.out())
                    .startsWith("created rebuilt-000002\n")
                    .contains("switched rebuilt to rebuilt-000002\n", "documents/s, 0 rejected");
            produce(topic, 630, 30);
            awaitCommitted(topic, topic);
        }
        JsonNode behind = ELASTICSEARCH.request("GET", "/rebuilt", "");
        assertThat(behind.fieldNames()).toIterable().containsExactly("rebuilt-000002");
        assertThat(behind.at("/rebuilt-000002/mappings/properties/n/type").asText())
                .isEqualTo("keyword");
        assertThat(behind.at("/rebuilt-000002/settings/index/refresh_interval").asText())
                .as("the template's")
                .isEqualTo("7s");
        assertThat(behind.at("/rebuilt-000002/mappings/_meta").isEmpty()).isTrue();
        assertThat(ELASTICSEARCH.ids("rebuilt-000002"))
                .containsExactlyInAnyOrderElementsOf(KafkaProbe.readAll(topic).stream()
                        .map(each -> topic + "+" + each.partition() + "+" + each.offset())
                        .toList());
    }

    @Test
    @Nightly(
            perChange = {
                "IndexCommandIT#rebuild_indexesEachRecordOnceWithTheNewMapping_andSwitchesTheAlias",
                "LandedRecordsTest",
                "DocumentIdTest"
            })
    void rebuildFromEnvelopes_keepsIds_andResumesAfterAnInterruption() throws Exception {
        String topic = "rebuilt-ids";
        TopicProbe.create(topic, 3);
        Map<String, String> settings = settings(topic, true);
        try (RunningWadi wadi = RunningWadi.startRoutes(List.of("landing", "indexing"), settings)) {
            produce(topic, 0, 300, "wadi-id", "~~event-");
            awaitCommitted(topic + "-landing", topic);
            awaitCommitted(topic, topic);
        }
        TreeSet<String> ids = new TreeSet<>(ELASTICSEARCH.ids(topic));
        // Creates the state of a rebuild that was killed when one partition was done.
        ELASTICSEARCH.request(
                "PUT", "/rebuilt-ids-000002", "{\"mappings\":{\"_meta\":{\"wadi-rebuilt-before\":{\"1\":100}}}}");

        CommandProcess done = rebuild(settings, topic, "--parallel", "2");

        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.out()).startsWith("continuing rebuilt-ids-000002\n");
        TreeSet<String> without = new TreeSet<>(ids);
        for (int i = 1; i < 300; i += 3) {
            without.remove("~~event-" + i);
        }
        assertThat(new TreeSet<>(ELASTICSEARCH.ids("rebuilt-ids-000002"))).isEqualTo(without);

        assertThat(rebuild(settings, topic).out()).startsWith("created rebuilt-ids-000003\n");
        assertThat(new TreeSet<>(ELASTICSEARCH.ids("rebuilt-ids-000003"))).isEqualTo(ids);
        assertThat(rebuild(settings, topic).out())
                .as("a finished rebuild is not continued: a new one begins")
                .startsWith("created rebuilt-ids-000004\n");
    }

    /** The new topic has other records at the offsets that the interrupted rebuild has recorded. */
    @Test
    void interruptedRebuild_ofAFormerTopicWithTheName_isNotContinued() throws Exception {
        String topic = "rebuilt-recreated";
        TopicProbe.create(topic, 1);
        String id = topicId(topic);
        sendThree(topic);
        interrupted(topic, id);

        assertThat(rebuild(settings(topic, false), topic).out()).startsWith("continuing rebuilt-recreated-000001\n");
        assertThat(ELASTICSEARCH.ids(topic)).containsExactly("rebuilt-recreated+0+2");

        interrupted(topic, id);
        TopicProbe.recreate(topic);
        sendThree(topic);

        CommandProcess done = rebuild(settings(topic, false), topic);
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.out())
                .startsWith("rebuilt-recreated-000002 is not continued: topic rebuilt-recreated was recreated: its id"
                        + " is " + topicId(topic) + ", but the index is of the topic with id " + id
                        + "\ncreated rebuilt-recreated-000003\n");
        assertThat(ELASTICSEARCH.ids(topic)).hasSize(3);
    }

    /** Live indexing waits, and landed files would be those of the former topic. */
    @Test
    void recreatedTopic_isNotRebuiltIntoTheIndexOfTheFormerOne() throws Exception {
        String topic = "rebuilt-origin";
        TopicProbe.create(topic, 1);
        String origin = "/wadi-origins/_doc/rebuilt-origin%2Brebuilt-origin";
        ELASTICSEARCH.send(
                "PUT",
                origin,
                "{\"index\":\"%1$s\",\"topic\":\"%1$s\",\"topic-id\":\"former\",\"cluster-id\":\"c\"}"
                        .formatted(topic));
        sendThree(topic);

        CommandProcess refused = rebuild(settings(topic, false), topic);
        ELASTICSEARCH.request("DELETE", origin, "");
        CommandProcess done = rebuild(settings(topic, false), topic);

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("topic rebuilt-origin is of another cluster: its id is " + topicId(topic))
                .contains("send DELETE " + origin + " to Elasticsearch");
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.out()).startsWith("created rebuilt-origin-000001\n");
        assertThat(ELASTICSEARCH.ids(topic)).hasSize(3);
    }

    /** Live indexing may have indexed them in the former index. */
    @Test
    void recordsThatExpireDuringARebuild_areReported() throws Exception {
        String topic = "rebuilt-expired";
        TopicProbe.create(topic, 1);
        sendThree(topic);
        sendThree(topic);
        interrupted(topic, topicId(topic));
        TopicProbe.delete(new TopicPartition(topic, 0), 4);

        CommandProcess done = rebuild(settings(topic, false), topic);

        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.out())
                .contains("rebuilt-expired-0: the records of offsets 2 to 3 are not indexed: neither a landed file nor"
                        + " Kafka has them\n")
                .doesNotContain("offsets 0 to");
        assertThat(ELASTICSEARCH.ids(topic)).containsExactlyInAnyOrder("rebuilt-expired+0+4", "rebuilt-expired+0+5");
    }

    private static void sendThree(String topic) throws Exception {
        for (int i = 0; i < 3; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, 0, null, "{}".getBytes(UTF_8)));
        }
    }

    /** Creates the state of a rebuild that was killed after the first two records. */
    private static void interrupted(String topic, String topicId) throws Exception {
        ElasticsearchOptions options = new ElasticsearchOptions(
                List.of(TestServers.shared().ports().elasticsearchUrl()), "", "", "", "", Duration.ofSeconds(10));
        try (ElasticsearchAdmin admin = new ElasticsearchAdmin(new ElasticsearchConnection(options))) {
            String index = "/" + new IndexGenerations(admin, topic).begin(Optional.of(topicId));
            JsonNode meta =
                    ELASTICSEARCH.request("GET", index + "/_mapping", "").at(index + "/mappings/_meta");
            ((ObjectNode) meta.get("wadi-rebuilt-before")).put("0", 2);
            ELASTICSEARCH.request("PUT", index + "/_mapping", "{\"_meta\":" + meta + "}");
        }
    }

    private static String topicId(String topic) {
        try (TopicIdentities identities = new TopicIdentities(KafkaProbe.clients()::adminProperties)) {
            return identities.of(topic).orElseThrow().id();
        }
    }

    @Test
    @Nightly(
            perChange = {
                "IndexCommandIT#rebuild_indexesEachRecordOnceWithTheNewMapping_andSwitchesTheAlias",
                "LandedRecordsTest",
                "DocumentIdTest"
            })
    void rebuildFromFilesBeforeAndAfterEnvelopes_keepsIds() throws Exception {
        String topic = "rebuilt-mixed";
        TopicProbe.create(topic, 3);
        for (boolean envelope : new boolean[] {false, true}) {
            try (RunningWadi wadi =
                    RunningWadi.startRoutes(List.of("landing", "indexing"), settings(topic, envelope))) {
                produce(topic, envelope ? 10 : 0, 10, "wadi-id", "~~event-");
                awaitCommitted(topic + "-landing", topic);
                awaitCommitted(topic, topic);
                assertThat(wadi).isNotNull();
            }
        }

        CommandProcess done = rebuild(settings(topic, true), topic);

        assertThat(done.code()).as(done.err()).isZero();
        assertThat(ELASTICSEARCH.ids("rebuilt-mixed-000002"))
                .hasSize(20)
                .containsExactlyInAnyOrderElementsOf(ELASTICSEARCH.ids("rebuilt-mixed-000001"));
    }

    @Test
    @Nightly(
            perChange = {
                "IndexCommandIT#rebuild_indexesEachRecordOnceWithTheNewMapping_andSwitchesTheAlias",
                "KeyFieldTest"
            })
    void rebuildWithKeys_readsKeysMissingInLinesFromKafka() throws Exception {
        String topic = "rebuilt-keys";
        TopicProbe.create(topic, 3);
        Map<String, String> settings = settings(topic, false);
        try (RunningWadi wadi = RunningWadi.startRoutes(List.of("landing", "indexing"), settings)) {
            for (int i = 0; i < 3; i++) {
                KafkaProbe.send(
                        new ProducerRecord<>(topic, i, ("web-" + i).getBytes(UTF_8), "{\"n\":1}".getBytes(UTF_8)));
            }
            awaitCommitted(topic + "-landing", topic);
        }
        assertThat(rebuild(settings, topic, "--key-field", "name").err()).isEmpty();

        assertThat(ELASTICSEARCH
                        .request("GET", "/rebuilt-keys-000002/_search?q=name.keyword:web-1", "")
                        .at("/hits/total/value")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    @Nightly(
            perChange = {
                "IndexCommandIT#rebuild_indexesEachRecordOnceWithTheNewMapping_andSwitchesTheAlias",
                "EventTimeTest"
            })
    void rebuildWithTimestamps_readsThoseMissingInLinesFromKafka() throws Exception {
        String topic = "rebuilt-timestamps";
        TopicProbe.create(topic, 3);
        Map<String, String> settings = new HashMap<>(settings(topic, false));
        settings.put("wadi.indexing.add-timestamp", "true");
        settings.put("wadi.indexing.time-field", "time");
        try (RunningWadi wadi = RunningWadi.startRoutes(List.of("landing", "indexing"), settings)) {
            for (int i = 0; i < 3; i++) {
                KafkaProbe.send(new ProducerRecord<>(topic, i, null, "{\"n\":1}".getBytes(UTF_8)));
            }
            awaitCommitted(topic + "-landing", topic);
            awaitCommitted(topic, topic);
        }

        assertThat(rebuild(settings, topic).err()).isEmpty();

        for (ConsumerRecord<byte[], byte[]> each : KafkaProbe.readAll(topic)) {
            String id = topic + "%2B" + each.partition() + "%2B" + each.offset();
            assertThat(ELASTICSEARCH
                            .request("GET", "/rebuilt-timestamps-000002/_doc/" + id, "")
                            .at("/_source/@timestamp")
                            .asText())
                    .isEqualTo(Instant.ofEpochMilli(each.timestamp()).toString());
        }
    }

    /**
     * A client can imitate an envelope in the first line of a file, because receipts contain topic, partition and
     * offset.
     */
    @Test
    @Nightly(perChange = {"LandedRecordsTest", "LandedLineTest"})
    void valueThatResemblesAnEnvelope_changesNoOtherDocument() throws Exception {
        String topic = "rebuilt-forged";
        String forged = "{\"topic\":\"%s\",\"partition\":0,\"offset\":3,\"value\":{\"n\":\"forged\"}}".formatted(topic);
        TopicProbe.create(topic, 3);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, null, forged.getBytes(UTF_8)));
        produce(topic, 0, 30);
        Map<String, String> settings = settings(topic, false);
        try (RunningWadi wadi = RunningWadi.startRoutes(List.of("landing", "indexing"), settings)) {
            awaitCommitted(topic + "-landing", topic);
            awaitCommitted(topic, topic);
        }

        CommandProcess done = rebuild(settings, topic);

        assertThat(done.out()).contains("switched rebuilt-forged to rebuilt-forged-000002\n", ", 0 rejected");
        assertThat(documents(topic)).isEqualTo(values(topic)).hasSize(31);
    }

    @Test
    @Nightly(perChange = "IndexCommandIT#rebuild_indexesEachRecordOnceWithTheNewMapping_andSwitchesTheAlias")
    void unlandedOffsets_areReadFromKafka_orReported() throws Exception {
        String topic = "rebuilt-gaps";
        try (HandLanded landed = new HandLanded(topic, Map.of())) {
            for (int i = 0; i < 10; i++) {
                landed.send(null, "{\"n\":%d}".formatted(i));
            }
            landed.land("", 1, 1, "{\"n\":1}\n".getBytes(UTF_8));
            landed.land("", 5, 5, "{\"n\":5}\n".getBytes(UTF_8));
            landed.land("", 6, 6, new byte[0]);
            landed.land("", 9, 9, "{\"n\":9}\n".getBytes(UTF_8));
            Map<String, String> expected = new TreeMap<>(values(topic));
            assertThat(rebuild(settings(topic, false), topic).out()).doesNotContain("not indexed");
            assertThat(documents(topic)).isEqualTo(expected);

            landed.drop(4);

            assertThat(rebuild(settings(topic, false), topic).out())
                    .contains("rebuilt-gaps-0: the records of offsets 2 to 3 are not indexed: neither a landed file")
                    .doesNotContain("offsets 0 to", "offsets 6 to");
            List.of(0, 2, 3).forEach(offset -> expected.remove(topic + "+0+" + offset));
            assertThat(documents(topic)).isEqualTo(expected);
        }
    }

    private static Map<String, String> values(String topic) {
        Map<String, String> values = new TreeMap<>();
        KafkaProbe.readAll(topic)
                .forEach(each -> values.put(
                        topic + "+" + each.partition() + "+" + each.offset(), new String(each.value(), UTF_8)));
        return values;
    }

    private static Map<String, String> documents(String index) throws Exception {
        Map<String, String> documents = new TreeMap<>();
        ELASTICSEARCH
                .request("GET", "/" + index + "/_search?size=1000", "")
                .at("/hits/hits")
                .forEach(each -> documents.put(
                        each.path("_id").asText(), each.path("_source").toString()));
        return documents;
    }

    @Test
    @Nightly(because = "needs an index that is no alias, and one with documents of another topic")
    void invalidRebuild_isReported() throws Exception {
        String topic = "rebuilt-not";
        TopicProbe.create(topic, 3);
        produce(topic, 0, 3, "wadi-id", "~~event-");
        Files.createDirectories(configuration);

        ELASTICSEARCH.request("PUT", "/" + topic, "");
        CommandProcess index = command(settings(topic, true)).asProcess(rebuild(topic));
        assertThat(index.code()).isEqualTo(2);
        assertThat(index.err()).contains("rebuilt-not is an index, not an alias");
        assertThat(rebuild(settings(topic, true), "other").err()).startsWith("--index is required for topic other. ");
        assertThat(rebuild(settings(topic, true), topic, "--replace-index").code())
                .isZero();
        assertThat(ELASTICSEARCH.ids(topic)).containsExactlyInAnyOrder("~~event-0", "~~event-1", "~~event-2");

        ELASTICSEARCH.send(
                "PUT",
                "/wadi-origins/_doc/rebuilt-not%2Bother?refresh=true",
                "{\"index\":\"rebuilt-not\",\"topic\":\"other\"}");
        CommandProcess shared = rebuild(settings(topic, true), topic);
        assertThat(shared.code()).isEqualTo(2);
        assertThat(shared.err())
                .contains("rebuilt-not also has documents of topic other, which the new index would not have")
                .contains("DELETE /wadi-origins/_doc/rebuilt-not%2Bother");
        assertThat(ELASTICSEARCH.request("GET", "/rebuilt-not", "").fieldNames())
                .toIterable()
                .containsExactly("rebuilt-not-000001");
    }
}
