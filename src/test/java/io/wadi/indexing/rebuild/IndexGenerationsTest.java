package io.wadi.indexing.rebuild;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexGenerationsTest {
    /** The distribution of the tests has no module for data streams: these are responses of Elasticsearch 8.19. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {".ds-events-2026.11.26-000001":{"aliases":{},"mappings":{},"settings":{},"data_stream":"events"}} | true
            {"events-000001":{"aliases":{"events":{}},"mappings":{"data_stream":{}},"settings":{}}}            | false
            {}                                                                                                 | false
            """)
    void backingIndex_isOfADataStream(String indices, boolean expected) throws Exception {
        JsonNode response = new ObjectMapper().readTree(indices);

        assertThat(IndexGenerations.isDataStream(response)).isEqualTo(expected);
    }

    /**
     * Otherwise the next rebuild would continue the live index, with its former mapping, or the alias would be switched
     * back to the index after a later rebuild.
     */
    @Test
    void indexThatAnotherRebuildHasCompleted_isNotChanged() throws Exception {
        List<String> changes = new CopyOnWriteArrayList<>();
        HttpServer elasticsearch = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        elasticsearch.createContext("/", exchange -> {
            if (!exchange.getRequestMethod().equals("GET")) {
                changes.add(exchange.getRequestURI().toString());
            }
            byte[] mapping = "{\"events-000002\":{\"mappings\":{\"_meta\":{\"owner\":\"sales\"}}}}".getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, mapping.length);
            exchange.getResponseBody().write(mapping);
            exchange.close();
        });
        elasticsearch.start();
        String server = "localhost:" + elasticsearch.getAddress().getPort();
        try (ElasticsearchAdmin admin = new ElasticsearchAdmin(new ElasticsearchConnection(
                new ElasticsearchOptions(List.of(server), "", "", "", "", Duration.ofSeconds(5))))) {
            IndexGenerations generations = new IndexGenerations(admin, "events");

            assertThatThrownBy(() -> generations.note("events-000002", Map.of(0, 7L)))
                    .hasMessage("another rebuild has completed events-000002");
            assertThatThrownBy(() -> generations.takeOver("events-000002"))
                    .hasMessage("another rebuild has completed events-000002");
        } finally {
            elasticsearch.stop(0);
        }
        assertThat(changes).isEmpty();
    }
}
