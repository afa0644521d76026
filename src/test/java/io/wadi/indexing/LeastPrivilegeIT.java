package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.SecureElasticsearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped pipeline with the privileges of the role in {@code docker/elasticsearch} only. */
@Nightly(
        perChange = {
            "ElasticsearchConnectionIT#shippedRole_permitsSetupOriginsAndNewDocuments",
            "IndexingRouteIT#events_areDocumentsIdentifiedByTopicPartitionAndOffset"
        })
class LeastPrivilegeIT {
    private static final String TOPIC = "least-privilege";
    private static final String INDEX = "select-color-index";

    @TempDir
    private static Path configuration;

    @AutoClose
    private static SecureElasticsearch server;

    private static ElasticsearchConnection connection;

    @BeforeAll
    static void start() throws Exception {
        server = SecureElasticsearch.start();
        connection = new ElasticsearchConnection(new ElasticsearchOptions(
                List.of(server.hosts()),
                "wadi",
                SecureElasticsearch.PASSWORD,
                "",
                server.caFile(),
                Duration.ofSeconds(10)));
    }

    @Test
    void shippedPipeline_installsItsTemplates_indexes_andReportsUp() throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of(
                "wadi.elasticsearch.hosts",
                server.hosts(),
                "wadi.elasticsearch.user",
                "wadi",
                "wadi.elasticsearch.password",
                SecureElasticsearch.PASSWORD,
                "wadi.elasticsearch.ca-file",
                server.caFile(),
                "wadi.indexing.index",
                INDEX,
                "wadi.health.up-after",
                "1s"));
        try (RunningWadi wadi = RunningWadi.startWithTopic(configuration, TOPIC, 1, settings)) {
            assertThat(Http.post(
                                    wadi.eventsUrl() + "/events/" + TOPIC,
                                    "{\"colorName\":\"red\"}".getBytes(UTF_8),
                                    "Content-Type",
                                    "application/json")
                            .statusCode())
                    .isEqualTo(200);
            await().ignoreException(ResponseException.class)
                    .until(() -> request("/" + INDEX + "/_search?q=colorName:red")
                                    .at("/hits/hits")
                                    .size()
                            == 1);
            assertThat(request("/wadi-origins/_doc/" + INDEX + "%2B" + TOPIC)
                            .path("found")
                            .asBoolean())
                    .isTrue();
            for (String check : List.of("wadi-elasticsearch", "wadi-index-setup")) {
                await().untilAsserted(() -> assertThat(state(wadi, check)).isEqualTo("UP"));
            }
        }
    }

    private static String state(RunningWadi wadi, String check) throws Exception {
        JsonNode health = Http.json(Http.get(wadi.managementUrl() + "/observe/health?data=true"));
        for (JsonNode each : health.path("checks")) {
            if (each.path("name").asText().equals(check)) {
                return each.path("status").asText();
            }
        }
        return "there is no such check in " + health;
    }

    private static JsonNode request(String path) throws IOException {
        try (RestClient client = connection.newClient()) {
            return new ObjectMapper()
                    .readTree(client.performRequest(new Request("GET", path))
                            .getEntity()
                            .getContent());
        }
    }
}
