package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.indexing.rebuild.IndexGenerations;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** {@code ./wadi index rebuild} beside a pipeline with landing and indexing. */
class IndexCommandIT extends IndexCommandTestSupport {
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
