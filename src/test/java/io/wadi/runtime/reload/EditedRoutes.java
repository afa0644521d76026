package io.wadi.runtime.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.TestInfo;

/** The shipped routes on real servers, in files that a test edits while they run. */
final class EditedRoutes implements AutoCloseable {
    static final int PARTITIONS = 3;

    static final String HELLO = """
        - route:
            id: hello
            routeConfigurationId: events-port
            from:
              uri: platform-http:/hello
              steps:
                - setBody: {constant: "%s"}
        """;

    private final Path configuration;
    private final String topic;
    private final String records;
    private final RunningWadi wadi;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Warnings warnings = new Warnings(WatchedFiles.class.getName());

    /** Starts the routes with files in this directory. */
    EditedRoutes(TestInfo test, Path configuration) throws Exception {
        this.configuration = configuration;
        topic = "live-" + Integer.toHexString(test.getDisplayName().hashCode());
        records = topic + "-records";
        TopicProbe.create(topic, PARTITIONS);
        TopicProbe.create(records, PARTITIONS);
        Files.createDirectories(configuration.resolve("routes"));
        Files.copy(Path.of("application.properties"), configuration.resolve("application.properties"));
        for (String route : List.of("web-events", "landing", "errors")) {
            Files.copy(Path.of("routes", route + ".camel.yaml"), file(route));
        }
        Files.writeString(
                file("beans"),
                "- beans: [{name: started-producer, type: %s}]\n".formatted(StartedProducer.class.getName()));
        Files.writeString(
                configuration.resolve("topics.yaml"),
                "topics:\n  - {name: %s, partitions: %d, replication: 1, ingest: {over: [events]}}\n  - {name: wadi.dead-letter, partitions: 1, replication: 1}\n"
                        .formatted(topic, PARTITIONS));
        Map<String, String> properties = Map.of(
                "wadi.reload.enabled",
                "true",
                // So long that a busy Kafka causes no rejection: a rejected request was rejected because of an edit.
                "wadi.ingest.acknowledgement-timeout",
                "60s",
                "wadi.landing.topics",
                topic + "," + records,
                "wadi.landing.group",
                topic,
                "wadi.landing.directory",
                "/" + topic,
                "wadi.landing.roll-records",
                "10000");
        wadi = RunningWadi.startConfigured(configuration, properties);
    }

    @Override
    public void close() {
        warnings.close();
        StartedProducer.onStart = StartedProducer.NOTHING;
        wadi.close();
    }

    /** Returns the topic of the events. */
    String topic() {
        return topic;
    }

    /** Returns a topic that is landed beside the other and not written by Wadi. */
    String records() {
        return records;
    }

    Warnings warnings() {
        return warnings;
    }

    String eventsUrl() {
        return wadi.eventsUrl();
    }

    Path file(String route) {
        return configuration.resolve("routes").resolve(route + ".camel.yaml");
    }

    /** Replaces the file as editors do: atomically, by a rename. */
    void save(String route, String text) throws IOException {
        Path next = configuration.resolve("next");
        Files.writeString(next, text);
        Files.move(next, file(route), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    boolean answersHello(String word) throws Exception {
        return hello().body().equals(word);
    }

    /** Sends the request without {@link Http}, because the OpenAPI document does not describe this route. */
    HttpResponse<String> hello() throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(wadi.eventsUrl() + "/hello")).build(), BodyHandlers.ofString());
    }

    int post() throws Exception {
        return Http.post(
                        wadi.eventsUrl() + "/events/" + topic,
                        "{\"number\":-1}".getBytes(UTF_8),
                        "Content-Type",
                        "application/json")
                .statusCode();
    }

    String health() throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health").body();
    }

    int get(String path) throws Exception {
        return Http.get(wadi.managementUrl() + path).statusCode();
    }

    long landed(String of) throws IOException {
        return HdfsProbe.coveredOffsets("/" + topic, of);
    }

    double changes(String result) throws Exception {
        return Scrape.of(wadi).sum("wadi_routes_changes_total", "result", result);
    }

    double metric(String name) throws Exception {
        return Scrape.of(wadi).sum(name);
    }
}
