package io.wadi.indexing.setup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.indexing.document.IndexName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.Test;

/** Setup of the indices of routes that start and stop, without Elasticsearch. */
final class IndexSetupTest {
    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");

    private final ElasticsearchAdmin unreachable = admin("http://127.0.0.1:1");

    private static ElasticsearchAdmin admin(String host) {
        return new ElasticsearchAdmin(new ElasticsearchConnection(
                new ElasticsearchOptions(List.of(host), "", "", "", "", Duration.ofSeconds(10))));
    }

    @Test
    void indexOfAStoppedRoute_isNeitherWaitedForNorProbed() throws Exception {
        try (IndexSetup setup =
                new IndexSetup(List.of(), unreachable, new IndexOrigins(unreachable, topic -> Optional.empty()))) {
            Readiness mistyped = setup.add(IndexName.of("evnets"));
            Readiness dated = setup.add(IndexName.of("events-{yyyy.MM.dd}"));
            Readiness sameIndex = setup.add(IndexName.of("events-{yyyy.MM.dd}"));
            await().until(() -> mistyped.isAttempted() && dated.isAttempted() && sameIndex.isAttempted());
            assertThat(setup.call().getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(setup.writtenTo(NOW)).containsExactly("events-2026.11.27", "evnets");

            mistyped.close();
            dated.close();
            assertThat(setup.writtenTo(NOW)).containsExactly("events-2026.11.27");

            sameIndex.close();
            assertThat(setup.writtenTo(NOW)).isEmpty();
            assertThat(setup.call().getState()).isEqualTo(HealthCheck.State.UP);
        }
    }

    /** Otherwise the thread would end, and neither this step nor a later one would be attempted any more. */
    @Test
    void stepThatFailsWithAnError_isAttemptedAgain() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        IndexOrigins failing = new IndexOrigins(unreachable, topic -> {
            if (attempts.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("of this test");
            }
            return Optional.empty();
        });
        try (IndexSetup setup = new IndexSetup(List.of(), unreachable, failing)) {
            Readiness origin = setup.addOrigin(IndexName.of("events-{yyyy.MM.dd}"), "events");
            await().until(() -> origin.obstacle() == null);
            assertThat(attempts).hasValue(2);
        }
    }

    /** Otherwise the first documents in a new cluster would create indices without the templates. */
    @Test
    void missingTemplate_isInstalledAgain() throws Exception {
        Map<String, String> stored = new ConcurrentHashMap<>();
        HttpServer elasticsearch = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        elasticsearch.createContext("/", exchange -> respond(exchange, stored));
        elasticsearch.start();
        ElasticsearchAdmin admin =
                admin("http://localhost:" + elasticsearch.getAddress().getPort());
        SetupFile file = new SetupFile(
                SetupFile.Kind.COMPONENT_TEMPLATES, "limits", "{\"template\":{\"mappings\":{\"dynamic\":false}}}");
        IndexName index = IndexName.of("events-{yyyy.MM.dd}");
        try (IndexSetup setup =
                new IndexSetup(List.of(file), admin, new IndexOrigins(admin, topic -> Optional.empty()))) {
            Readiness ready = setup.add(index);
            await().until(() -> ready.obstacle() == null);
            assertThat(stored).containsOnlyKeys("/_component_template/limits");

            stored.clear(); // The cluster is replaced.
            setup.repeat();
            await().until(() -> ready.obstacle() == null);

            assertThat(stored).containsOnlyKeys("/_component_template/limits");
        } finally {
            elasticsearch.stop(0);
        }
    }

    private static void respond(HttpExchange exchange, Map<String, String> stored) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("PUT")) {
            stored.put(path, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        }
        byte[] body = "{}".getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(stored.containsKey(path) ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
