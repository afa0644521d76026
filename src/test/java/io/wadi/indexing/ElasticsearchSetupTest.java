package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.wadi.testing.CommandProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The script {@code docker/elasticsearch/setup}. */
class ElasticsearchSetupTest {
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
            CommandProcess ended = setup(listener.getAddress().getPort());
            assertThat(ended.code()).as(ended.err()).isZero();
        } finally {
            listener.stop(0);
        }
        assertThat(setup(listener.getAddress().getPort()).code()).isNotZero();
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

    private static CommandProcess setup(int port) throws IOException, InterruptedException {
        ProcessBuilder setup = new ProcessBuilder("sh", "docker/elasticsearch/setup");
        setup.environment()
                .putAll(Map.of(
                        "ELASTICSEARCH_URL", "http://localhost:" + port,
                        "ELASTIC_PASSWORD", "of-elastic",
                        "ELASTIC_WADI_PASSWORD", "of-wadi"));
        return CommandProcess.end(setup);
    }
}
