package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.Http;
import io.wadi.testing.OpenApi;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TopicProbe;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorStateInfo;
import org.apache.kafka.connect.runtime.rest.entities.ErrorMessage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Ingest and landing on real servers, controlled by requests of Kafka Connect's API. */
abstract class ControlledRoutes {
    static final String TOPIC = "controlled";
    static final int PARTITIONS = 3;
    static final ObjectMapper CONNECTS = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private static final OpenApi API = OpenApi.ofControl();

    @TempDir
    private static Path configuration;

    @AutoClose
    static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        TopicProbe.create(TOPIC, PARTITIONS);
        Files.createDirectories(configuration.resolve("routes"));
        Files.copy(Path.of("application.properties"), configuration.resolve("application.properties"));
        for (String route : List.of("web-events", "landing", "errors", "documents", "host-metrics")) {
            Files.copy(Path.of("routes", route + ".camel.yaml"), file(route));
        }
        Files.writeString(configuration.resolve("topics.yaml"), """
                        topics:
                          - {name: %s, partitions: %d, replication: 1, ingest: {over: [events]}}
                          - {name: select-color, partitions: 3, replication: 1, ingest: true}
                          - {name: connect-api.metrics, partitions: 3, replication: 1}
                          - {name: wadi.dead-letter, partitions: 1, replication: 1}
                        """.formatted(TOPIC, PARTITIONS));
        wadi = RunningWadi.startConfigured(
                configuration,
                Map.of(
                        "wadi.reload.enabled", "true",
                        "wadi.host-metrics.enabled", "true",
                        "wadi.host-metrics.interval", "1h",
                        "wadi.metrics.topic", "connect-api.metrics",
                        "wadi.landing.topics", TOPIC,
                        "wadi.landing.group", TOPIC,
                        "wadi.landing.directory", "/" + TOPIC,
                        "wadi.landing.roll-records", "1000",
                        "wadi.landing.roll-interval", "10m"));
        await().until(() -> task("landing").equals("RUNNING"));
    }

    private static Path file(String route) {
        return configuration.resolve("routes").resolve(route + ".camel.yaml");
    }

    static HttpResponse<String> send(String method, String path) throws Exception {
        HttpResponse<String> response = Http.send(method, wadi.managementUrl() + path, "Accept", "application/json");
        assertThat(API.violations(
                        method,
                        URI.create(path).getRawPath().replaceFirst("(?<=.)/$", ""),
                        response.statusCode(),
                        response.headers().firstValue("Content-Type").orElse(""),
                        response.body()))
                .isEmpty();
        return response;
    }

    static <A> A read(String path, Class<A> type) throws Exception {
        HttpResponse<String> response = send("GET", path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return CONNECTS.readValue(response.body(), type);
    }

    static void control(String verb, String route, int code) throws Exception {
        HttpResponse<String> response =
                send(verb.equals("restart") ? "POST" : "PUT", "/connectors/" + route + "/" + verb);
        assertThat(response.statusCode()).as(verb + " " + response.body()).isEqualTo(code);
        assertThat(response.body()).isEmpty();
    }

    static void assertRejected(String method, String path, int code, String... words) throws Exception {
        HttpResponse<String> response = send(method, path);
        ErrorMessage error = CONNECTS.readValue(response.body(), ErrorMessage.class);
        assertThat(response.statusCode()).isEqualTo(code);
        assertThat(error.errorCode()).isEqualTo(code);
        assertThat(error.message()).contains(words);
        assertThat(response.headers().firstValue("Allow").isPresent()).isEqualTo(code == 405);
    }

    static ConnectorStateInfo status(String route) throws Exception {
        return read("/connectors/" + route + "/status", ConnectorStateInfo.class);
    }

    static String state(String route) throws Exception {
        return status(route).connector().state();
    }

    /** The state of the only task, or a text if there is none. */
    static String task(String route) throws Exception {
        return status(route).tasks().stream()
                .map(ConnectorStateInfo.TaskState::state)
                .findFirst()
                .orElse("none");
    }

    static int ready() throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health/ready").statusCode();
    }

    /** Saves a changed file and waits until it is reloaded. */
    static void edit(String route, String from, String to) throws Exception {
        String before = Files.readString(file(route));
        assertThat(before).contains(from);
        double applied = applied();
        Path next = configuration.resolve("next");
        Files.writeString(next, before.replace("description: " + from, "description: " + to));
        Files.move(next, file(route), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        await().until(() -> applied() > applied);
    }

    private static double applied() throws Exception {
        return Scrape.of(wadi).sum("wadi_routes_changes_total", "result", "applied");
    }
}
