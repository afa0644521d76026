package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.audit.HandLanded;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** {@code ./wadi index rebuild} from landed files, with and without envelopes. */
class RebuildFromFilesIT extends IndexCommandTestSupport {
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
}
