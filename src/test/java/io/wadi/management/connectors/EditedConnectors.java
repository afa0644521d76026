package io.wadi.management.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.management.access.PasswordHash;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.OpenApi;
import io.wadi.testing.OwnPostgres;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.StartedServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.runtime.rest.entities.CreateConnectorRequest;
import org.apache.kafka.connect.runtime.rest.entities.ErrorMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that users edit connectors of by requests, without connectors after each test. */
abstract class EditedConnectors {
    static final String TOPIC = "connector-edits";
    static final int MAX_CONNECTORS = 5;
    static final OpenApi API = OpenApi.ofControl();
    static final ObjectMapper CONNECTS = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    static Path configuration;
    static Path files;
    static OwnPostgres database;
    static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        files = Files.createDirectories(directory.resolve("files"));
        configuration = ConnectorRoutes.configure(
                Files.createDirectories(directory.resolve("wadi")),
                ConnectorRoutes.route(
                        "file-to-topic", "own", Map.of("files", directory + "/own/*.log", "topic", TOPIC + "-own")));
        Files.writeString(configuration.resolve("users.yaml"), """
                users:
                  - {name: vera, role: view, bcrypt: "%s"}
                  - {name: otto, role: operate, bcrypt: "%s"}
                """.formatted(
                        PasswordHash.of("verasecret".toCharArray()), PasswordHash.of("ottosecret".toCharArray())));
        if (OwnPostgres.isInstalled()) {
            database = OwnPostgres.start();
            database.run("CREATE TABLE orders (id bigserial PRIMARY KEY, v text)");
        }
        wadi = running();
    }

    static RunningWadi running() throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of(
                "wadi.reload.enabled", "true",
                "wadi.management.users-file",
                        configuration.resolve("users.yaml").toString(),
                "wadi.connector-api.directories", files.toString(),
                "wadi.connector-api.hdfs-directories", "/" + TOPIC,
                "wadi.connector-api.max-connectors", Integer.toString(MAX_CONNECTORS)));
        if (database != null) {
            properties.put("wadi.database.url", database.url());
            properties.put("wadi.database.user", database.user());
            properties.put("wadi.database.password", "tell-nobody");
        }
        return RunningWadi.startConfigured(configuration, properties);
    }

    @AfterEach
    void deleteAll() throws Exception {
        for (String name : CONNECTS.readValue(send("GET", "/connectors", "").body(), String[].class)) {
            if (!name.equals("own")) {
                assertThat(send("DELETE", "/connectors/" + name, "").statusCode())
                        .isEqualTo(204);
            }
        }
        assertThat(written()).isEmpty();
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(wadi, database);
    }

    // ---- requests

    static HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        return sendTo(wadi, method, path, body, headers);
    }

    static HttpResponse<String> sendTo(RunningWadi instance, String method, String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(instance.managementUrl() + path))
                .method(method, BodyPublishers.ofString(body))
                .setHeader("Content-Type", "application/json")
                .setHeader("Authorization", basic("otto:ottosecret"));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
        if (headers.length == 0) {
            assertThat(API.violations(
                            method,
                            path,
                            response.statusCode(),
                            response.headers().firstValue("Content-Type").orElse(""),
                            response.body()))
                    .isEmpty();
        }
        return response;
    }

    static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
    }

    static <A> A read(HttpResponse<String> response, int status, Class<A> type) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return CONNECTS.readValue(response.body(), type);
    }

    static void assertRejected(HttpResponse<String> response, int status, String... words) throws IOException {
        ErrorMessage error = read(response, status, ErrorMessage.class);
        assertThat(error.errorCode()).isEqualTo(status);
        assertThat(error.message()).contains(words);
    }

    static HttpResponse<String> create(String name, Map<String, String> config) throws Exception {
        return send(
                "POST",
                "/connectors",
                CONNECTS.writeValueAsString(
                        new CreateConnectorRequest(name, config, CreateConnectorRequest.InitialState.RUNNING)));
    }

    static HttpResponse<String> put(String name, Map<String, String> config) throws Exception {
        return send("PUT", "/connectors/" + name + "/config", CONNECTS.writeValueAsString(config));
    }

    static Map<String, String> fileToTopic(Path file, String topic) {
        return new HashMap<>(
                Map.of("connector.class", "file-to-topic", "files", file.toString(), "topic", topic, "every", "50ms"));
    }

    static Path file(String connector) {
        return configuration.resolve("routes").resolve("connector-" + connector + ".camel.yaml");
    }

    /** Returns the files in routes/ except those of the test. */
    static List<String> written() throws IOException {
        try (Stream<Path> all = Files.list(configuration.resolve("routes"))) {
            return all.map(each -> each.getFileName().toString())
                    .filter(each -> each.contains("connector-"))
                    .toList();
        }
    }

    static List<String> values(String topic) {
        return KafkaProbe.readAll(topic).stream()
                .map(each -> new String(each.value(), UTF_8))
                .toList();
    }

    static double applied() throws Exception {
        return Scrape.of(wadi).sum("wadi_routes_changes_total", "result", "applied");
    }
}
