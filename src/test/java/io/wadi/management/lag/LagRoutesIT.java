package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Burrow's API on the management port of a running pipeline. */
class LagRoutesIT {
    private static final String TOPIC = "burrow-topic";
    private static final String GROUP = "burrow-group";

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        TopicProbe.create(TOPIC, 3);
        for (int i = 0; i < 5; i++) {
            KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, null, new byte[1]));
        }
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers(), "group.id", GROUP),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.commitSync(Map.of(new TopicPartition(TOPIC, 1), new OffsetAndMetadata(1)));
            consumer.commitSync(Map.of(
                    new TopicPartition(TOPIC, 1), new OffsetAndMetadata(2),
                    new TopicPartition(TOPIC, 0), new OffsetAndMetadata(0)));
        }
        wadi = RunningWadi.start(Map.of("wadi.lag.interval", "1s", "wadi.lag.min-commits", "2"));
        await().until(() -> get("/consumer/" + GROUP + "/status").statusCode() == 200);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return Http.get(wadi.managementUrl() + "/v3/kafka/kafka" + path);
    }

    private static JsonNode json(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode json = Http.json(response);
        assertThat(json.get("error").asBoolean()).isFalse();
        assertThat(json.get("request").get("url").asText()).isEqualTo("/v3/kafka/kafka" + path);
        return json;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    @Test
    void clusters_groupsAndTopics_areListed() throws Exception {
        HttpResponse<String> clusters = Http.get(wadi.managementUrl() + "/v3/kafka");

        assertThat(Http.json(clusters).get("clusters")).hasToString("[\"kafka\"]");
        assertThat(json("").get("module").get("class-name").asText()).isEqualTo("kafka");
        assertThat(texts(json("/consumer").get("consumers"))).contains(GROUP);
        assertThat(texts(json("/topic").get("topics"))).contains(TOPIC);
        assertThat(json("/topic/" + TOPIC).get("offsets")).hasToString("[0,5,0]");
        assertThat(json("/topic/" + TOPIC + "/consumers").get("consumers")).hasToString("[\"" + GROUP + "\"]");
    }

    /** Camel passes headers and path parameters in the same way. */
    @Test
    void headerWithTheNameOfAPathParameter_hasNoEffect() throws Exception {
        HttpResponse<String> response = Http.get(
                wadi.managementUrl() + "/v3/kafka/kafka/consumer/" + GROUP, "Cluster", "other", "Group", "other");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Http.get(wadi.managementUrl() + "/page/page.js", "File", "other")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void group_listsItsCommitsByTopicAndPartition() throws Exception {
        JsonNode response = json("/consumer/" + GROUP);

        assertThat(response.get("message").asText()).isEqualTo("consumer detail returned");
        JsonNode partitions = response.get("topics").get(TOPIC);
        assertThat(partitions).hasSize(2);
        assertThat(partitions.get(1).fieldNames())
                .toIterable()
                .containsExactly("offsets", "owner", "client_id", "current-lag");
        assertThat(partitions.get(1).get("current-lag").asInt()).isEqualTo(3);
        JsonNode offsets = partitions.get(1).get("offsets");
        assertThat(offsets).hasSize(10);
        assertThat(offsets.get(7).isNull()).isTrue();
        assertThat(offsets.get(9).fieldNames())
                .toIterable()
                .containsExactly("offset", "timestamp", "observedAt", "lag");
        assertThat(List.of(
                        offsets.get(8).get("offset").asInt(),
                        offsets.get(9).get("offset").asInt()))
                .containsExactly(1, 2);
    }

    @Test
    void status_listsPartitionsThatAreNotOk_andLagListsAll() throws Exception {
        await().until(() -> json("/consumer/" + GROUP + "/status")
                .get("status")
                .get("status")
                .asText()
                .equals("ERR"));
        JsonNode status = json("/consumer/" + GROUP + "/status").get("status");
        JsonNode all = json("/consumer/" + GROUP + "/lag").get("status");

        assertThat(status.fieldNames())
                .toIterable()
                .containsExactly(
                        "cluster",
                        "group",
                        "status",
                        "complete",
                        "partitions",
                        "partition_count",
                        "maxlag",
                        "totallag");
        assertThat(status.get("partitions")).hasSize(1);
        JsonNode stopped = status.get("partitions").get(0);
        assertThat(stopped.fieldNames())
                .toIterable()
                .containsExactly(
                        "topic",
                        "partition",
                        "owner",
                        "client_id",
                        "status",
                        "start",
                        "end",
                        "current_lag",
                        "complete");
        assertThat(stopped.get("status").asText()).isEqualTo("STOP");
        assertThat(stopped.get("start").get("offset").asInt()).isEqualTo(1);
        assertThat(stopped.get("end").get("offset").asInt()).isEqualTo(2);
        assertThat(stopped.get("complete").asDouble()).isEqualTo(0.2);
        assertThat(status.get("maxlag")).isEqualTo(stopped);
        assertThat(List.of(
                        status.get("partition_count").asInt(),
                        status.get("totallag").asInt()))
                .containsExactly(2, 3);
        assertThat(all.get("partitions")).hasSize(2);
        assertThat(all.get("partitions").get(0).get("status").asText()).isEqualTo("OK");
    }

    @Test
    void unknownResources_are404LikeInBurrow() throws Exception {
        HttpResponse<String> status = get("/consumer/nobody/status");
        HttpResponse<String> group = get("/consumer/nobody");
        HttpResponse<String> topic = get("/topic/none");
        HttpResponse<String> cluster = Http.get(wadi.managementUrl() + "/v3/kafka/other/consumer");

        assertThat(List.of(status.statusCode(), group.statusCode(), topic.statusCode(), cluster.statusCode()))
                .containsOnly(404);
        assertThat(Http.json(status).get("status").get("status").asText()).isEqualTo("NOTFOUND");
        assertThat(List.of(group.body(), topic.body(), cluster.body()))
                .allMatch(body -> body.startsWith("{\"error\":true,\"message\":\"cluster"));
    }

    @Test
    void report_isOneObjectWithTheDocumentedFields() throws Exception {
        JsonNode report = Http.json(Http.get(wadi.managementUrl() + "/api/lag"));

        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly("version", "brokers", "time", "status", "omitted", "problem", "groups");
        JsonNode group = null;
        for (JsonNode each : report.get("groups")) {
            group = each.get("group").asText().equals(GROUP) ? each : group;
        }
        assertThat(group.fieldNames())
                .toIterable()
                .containsExactly(
                        "group", "status", "type", "state", "members", "lag", "uncommitted", "problem", "partitions");
        assertThat(group.get("partitions").get(0).fieldNames())
                .toIterable()
                .containsExactly(
                        "topic",
                        "partition",
                        "status",
                        "committed",
                        "end",
                        "lag",
                        "seconds",
                        "secondsAreAtLeast",
                        "commits",
                        "clientId",
                        "host",
                        "note");
    }
    /** Where the group begins to read makes no difference without records. */
    @Test
    void partitionWithDeletedRecordsOnly_doesNotCountAsUncommitted() throws Exception {
        String name = "lag-emptied";
        TopicProbe.create(name, 3);
        for (int partition = 1; partition < 3; partition++) {
            KafkaProbe.send(new ProducerRecord<>(name, partition, null, new byte[1]));
        }
        TopicProbe.delete(new TopicPartition(name, 1), 1);
        GroupProbe.commit(name, new TopicPartition(name, 0), 0);

        await().untilAsserted(() -> assertThat(reported(name).path("problem").asText())
                .isEqualTo("lag unknown, no committed offset: lag-emptied-2"));
        assertThat(reported(name).path("uncommitted").asInt()).isEqualTo(1);
    }

    private static JsonNode reported(String group) throws Exception {
        JsonNode report = Http.json(Http.get(wadi.managementUrl() + "/api/lag"));
        for (JsonNode each : report.path("groups")) {
            if (each.path("group").asText().equals(group)) {
                return each;
            }
        }
        return report.path("no such group");
    }
}
