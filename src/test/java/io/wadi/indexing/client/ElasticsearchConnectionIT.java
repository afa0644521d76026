package io.wadi.indexing.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.wadi.indexing.document.IndexName;
import io.wadi.indexing.rebuild.IndexGenerations;
import io.wadi.indexing.setup.IndexOrigins;
import io.wadi.indexing.setup.IndexSetup;
import io.wadi.indexing.setup.Readiness;
import io.wadi.indexing.setup.SetupFiles;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.local.Ports;
import io.wadi.testing.RedirectingServer;
import io.wadi.testing.SecureElasticsearch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients of an Elasticsearch with users, and with TLS certificates from a private CA. */
class ElasticsearchConnectionIT {
    private static final String INDEX = "select-color-index";

    @AutoClose
    private static SecureElasticsearch server;

    @BeforeAll
    static void start() throws Exception {
        server = SecureElasticsearch.start();
    }

    private static ElasticsearchConnection connection(List<String> hosts, String password, String caFile) {
        return new ElasticsearchConnection(
                new ElasticsearchOptions(hosts, "wadi", password, "", caFile, Duration.ofSeconds(10)));
    }

    private static int status(ElasticsearchConnection connection) throws IOException {
        try (RestClient client = connection.newClient()) {
            return client.performRequest(new Request("GET", "/_cluster/health"))
                    .getStatusLine()
                    .getStatusCode();
        }
    }

    @Test
    void userPasswordAndCaFile_areUsed() throws Exception {
        assertThat(status(connection(List.of(server.hosts()), SecureElasticsearch.PASSWORD, server.caFile())))
                .isEqualTo(200);
    }

    @Test
    void unavailableHost_isSkipped() throws Exception {
        List<String> hosts = List.of("https://localhost:" + Ports.free(), server.hosts());

        assertThat(status(connection(hosts, SecureElasticsearch.PASSWORD, server.caFile())))
                .isEqualTo(200);
    }

    @Test
    void wrongPassword_is401_andAnUnknownCaIsNotTrusted() {
        assertThatExceptionOfType(ResponseException.class)
                .isThrownBy(() -> status(connection(List.of(server.hosts()), "wrong", server.caFile())))
                .satisfies(refused -> assertThat(
                                refused.getResponse().getStatusLine().getStatusCode())
                        .isEqualTo(401));
        assertThatExceptionOfType(SSLException.class)
                .isThrownBy(() -> status(connection(List.of(server.hosts()), SecureElasticsearch.PASSWORD, "")));
    }

    @Test
    void shippedRole_permitsSetupOriginsAndNewDocuments() throws Exception {
        ElasticsearchAdmin admin = new ElasticsearchAdmin(
                connection(List.of(server.hosts()), SecureElasticsearch.PASSWORD, server.caFile()));
        IndexOrigins origins = new IndexOrigins(admin, topic -> Optional.of(new TopicIdentity("id", "cluster")));
        try (IndexSetup setup = new IndexSetup(SetupFiles.read(SetupFiles.DEFAULT), admin, origins)) {
            Readiness ready = setup.addOrigin(IndexName.of(INDEX), "colors");
            await().until(() -> ready.obstacle() == null);

            assertThat(admin.get("/wadi-origins/_doc/" + INDEX + "%2Bcolors")).isPresent();
            JsonNode written = admin.post(
                    "/" + INDEX + "/_bulk?refresh=true", "{\"create\":{\"_id\":\"1\"}}\n{\"colorName\":\"red\"}\n");
            assertThat(written.at("/items/0/create/status").asInt())
                    .as("%s", written)
                    .isEqualTo(201);
            assertThat(admin.get("/" + INDEX + "/_doc/1")).isPresent();
        }
    }

    @Test
    void shippedRole_permitsARebuiltIndexToReplaceTheFormerOne() throws Exception {
        try (ElasticsearchAdmin admin = new ElasticsearchAdmin(
                connection(List.of(server.hosts()), SecureElasticsearch.PASSWORD, server.caFile()))) {
            IndexGenerations generations = new IndexGenerations(admin, "sales-index");
            generations.takeOver(generations.begin(Optional.empty()));
            String next = generations.begin(Optional.of("id"));
            generations.takeOver(next);
            generations.finished(next);

            assertThat(generations.current()).containsExactly(next);
            assertThat(generations.refreshAndCount(next)).isZero();
        }
    }

    @Test
    void shippedRole_forbidsOtherIndicesAndClusterSettings() {
        for (String[] call : new String[][] {
            {"PUT", "/somebody-elses/_doc/1", "{}"},
            {"GET", "/somebody-elses/_search", ""},
            {"DELETE", "/somebody-elses", ""},
            {"PUT", "/_cluster/settings", "{\"persistent\":{\"action.auto_create_index\":\"false\"}}"}
        }) {
            assertThatExceptionOfType(ResponseException.class)
                    .as(call[0] + " " + call[1])
                    .isThrownBy(() -> request(call[0], call[1], call[2]))
                    .satisfies(refused -> assertThat(
                                    refused.getResponse().getStatusLine().getStatusCode())
                            .isEqualTo(403));
        }
    }

    private static void request(String method, String path, String body) throws IOException {
        Request request = new Request(method, path);
        if (!body.isEmpty()) {
            request.setJsonEntity(body);
        }
        try (RestClient client = connection(List.of(server.hosts()), SecureElasticsearch.PASSWORD, server.caFile())
                .newClient()) {
            client.performRequest(request);
        }
    }

    /** Checks the request, because the Elasticsearch distribution of the tests has no API keys. */
    @Test
    void apiKey_isSentInTheAuthorizationHeader() throws Exception {
        CompletableFuture<String> sent = new CompletableFuture<>();
        HttpServer listener = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        listener.createContext("/", exchange -> {
            sent.complete(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        listener.start();
        try (RestClient client = new ElasticsearchConnection(new ElasticsearchOptions(
                        List.of("localhost:" + listener.getAddress().getPort()),
                        "",
                        "",
                        "aWQ6a2V5",
                        "",
                        Duration.ofSeconds(5)))
                .newClient()) {
            client.performRequest(new Request("GET", "/"));
            assertThat(sent).isCompletedWithValue("ApiKey aWQ6a2V5");
        } finally {
            listener.stop(0);
        }
    }

    /** A followed redirect would send the credentials to a server of the first server's choice. */
    @Test
    void redirect_isNotFollowed() throws Exception {
        try (RedirectingServer redirecting = new RedirectingServer()) {
            assertThatExceptionOfType(ResponseException.class)
                    .isThrownBy(() -> status(connection(List.of(redirecting.hostAndPort()), "any", "")))
                    .satisfies(refused -> assertThat(
                                    refused.getResponse().getStatusLine().getStatusCode())
                            .isEqualTo(302));
            assertThat(redirecting.followed()).isZero();
        }
    }
}
