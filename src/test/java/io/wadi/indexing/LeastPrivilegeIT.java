package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.indexing.rebuild.IndexGenerations;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.SecureElasticsearch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped pipeline with the privileges of the role in {@code docker/elasticsearch} only. */
@Nightly(perChange = "ElasticsearchConnectionIT#shippedRole_permitsSetupOriginsAndNewDocuments")
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
                    .until(() -> request("GET", "/" + INDEX + "/_search?q=colorName:red")
                                    .at("/hits/hits")
                                    .size()
                            == 1);
            assertThat(request("GET", "/wadi-origins/_doc/" + INDEX + "%2B" + TOPIC)
                            .path("found")
                            .asBoolean())
                    .isTrue();
            for (String check : List.of("wadi-elasticsearch", "wadi-index-setup")) {
                await().untilAsserted(() -> assertThat(state(wadi, check)).isEqualTo("UP"));
            }
        }
    }

    @Test
    void rebuiltIndex_replacesTheFormerOne() throws Exception {
        try (ElasticsearchAdmin admin = new ElasticsearchAdmin(connection)) {
            IndexGenerations generations = new IndexGenerations(admin, "sales-index");
            generations.takeOver(generations.begin());
            String next = generations.begin();
            generations.finished(next);
            generations.takeOver(next);

            assertThat(generations.current()).containsExactly(next);
            assertThat(generations.refreshAndCount(next)).isZero();
        }
    }

    @Test
    void otherIndices_usersAndClusterSettings_areForbidden() {
        for (String[] call : new String[][] {
            {"PUT", "/somebody-elses/_doc/1", "{}"},
            {"GET", "/somebody-elses/_search", ""},
            {"DELETE", "/somebody-elses", ""},
            {"PUT", "/_cluster/settings", "{\"persistent\":{\"action.auto_create_index\":\"false\"}}"}
        }) {
            assertThatExceptionOfType(ResponseException.class)
                    .as(call[0] + " " + call[1])
                    .isThrownBy(() -> request(call))
                    .satisfies(refused -> assertThat(
                                    refused.getResponse().getStatusLine().getStatusCode())
                            .isEqualTo(403));
        }
    }

    /** Checks the requests, because the Elasticsearch distribution of the tests has no API for users. */
    @Test
    void setup_createsTheRole_thenTheUser_asTheSuperuser() throws Exception {
        ObjectMapper json = new ObjectMapper();
        Map<String, JsonNode> sent = new ConcurrentHashMap<>();
        HttpServer listener = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        listener.createContext("/", exchange -> {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            sent.put(
                    "%s %s by %s"
                            .formatted(
                                    exchange.getRequestMethod(),
                                    exchange.getRequestURI(),
                                    new String(Base64.getDecoder().decode(authorization.substring(6)), UTF_8)),
                    json.readTree(exchange.getRequestBody()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        listener.start();
        try {
            assertThat(setup(listener.getAddress().getPort())).isZero();
        } finally {
            listener.stop(0);
        }
        assertThat(setup(listener.getAddress().getPort())).isNotZero();
        assertThat(sent)
                .containsOnly(
                        Map.entry(
                                "PUT /_security/role/wadi by elastic:of-elastic",
                                json.readTree(Path.of("docker/elasticsearch/role.json")
                                        .toFile())),
                        Map.entry(
                                "PUT /_security/user/wadi by elastic:of-elastic",
                                json.readTree("{\"password\":\"of-wadi\",\"roles\":[\"wadi\"]}")));
    }

    private static int setup(int port) throws IOException, InterruptedException {
        ProcessBuilder setup = new ProcessBuilder("sh", "docker/elasticsearch/setup").inheritIO();
        setup.environment()
                .putAll(Map.of(
                        "ELASTICSEARCH_URL", "http://localhost:" + port,
                        "ELASTIC_PASSWORD", "of-elastic",
                        "ELASTIC_WADI_PASSWORD", "of-wadi"));
        return setup.start().waitFor();
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

    private static JsonNode request(String... call) throws IOException {
        Request request = new Request(call[0], call[1]);
        if (call.length > 2 && !call[2].isEmpty()) {
            request.setJsonEntity(call[2]);
        }
        try (RestClient client = connection.newClient()) {
            return new ObjectMapper()
                    .readTree(client.performRequest(request).getEntity().getContent());
        }
    }
}
