package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** A topic that is deleted and created again with the same name, between two starts. */
class IndexOriginIT {
    private static final String TOPIC = "index-origin";
    private static final ElasticsearchProbe ELASTICSEARCH =
            new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());

    @Test
    void recreatedTopic_isNotIndexedIntoTheIndexOfTheFormerTopic() throws Exception {
        TopicProbe.create(TOPIC, 1);
        produce("old", 3);
        try (RunningWadi wadi = RunningWadi.startIndexing(TOPIC, Map.of())) {
            await().until(() -> count("old") == 3);
        }
        try (RunningWadi wadi = RunningWadi.startIndexing(TOPIC, Map.of())) {
            produce("old", 1);
            await("the same topic is indexed after a restart").until(() -> count("old") == 4);
        }
        TopicProbe.recreate(TOPIC);
        // More records than the former topic had: conflicts of the first ones would count as indexed.
        produce("new", 6);

        try (RunningWadi wadi = RunningWadi.startIndexing(TOPIC, Map.of())) {
            await().untilAsserted(() -> assertThat(Http.get(wadi.managementUrl() + "/observe/health")
                            .body()
                            .replace("\\", ""))
                    .contains("retrying at offset 0")
                    .contains("topic index-origin was recreated: its id is ")
                    .contains("send DELETE /wadi-origins/_doc/index-origin%2Bindex-origin to Elasticsearch"));
            assertThat(count("new")).isZero();
            assertThat(count("old")).isEqualTo(4);

            // As the error message advises.
            ELASTICSEARCH.request("DELETE", "/index-origin-000001", "");
            await().until(() ->
                    ELASTICSEARCH.send("GET", "/_alias/index-origin", "").statusCode() == 200);
            ELASTICSEARCH.request("DELETE", "/wadi-origins/_doc/index-origin%2Bindex-origin", "");
            await().until(() -> count("new") == 6);
            await().untilAsserted(() -> assertThat(
                            Http.get(wadi.managementUrl() + "/observe/health").body())
                    .doesNotContain("was recreated"));
        }
    }

    private static void produce(String text, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            KafkaProbe.send(new ProducerRecord<>(
                    TOPIC, 0, null, "{\"topic\":\"%s\"}".formatted(text).getBytes(UTF_8)));
        }
    }

    private static int count(String text) throws Exception {
        ELASTICSEARCH.send("POST", "/" + TOPIC + "/_refresh", "");
        return Http.json(ELASTICSEARCH.send("GET", "/" + TOPIC + "/_count?q=topic:" + text, ""))
                .path("count")
                .asInt();
    }
}
