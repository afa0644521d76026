package io.wadi.management.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.OpenApi;
import io.wadi.testing.Rounds;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.SteadyLoad;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.runtime.rest.entities.ActiveTopicsInfo;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorInfo;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorStateInfo;
import org.apache.kafka.connect.runtime.rest.entities.ErrorMessage;
import org.apache.kafka.connect.runtime.rest.entities.ServerInfo;
import org.apache.kafka.connect.runtime.rest.entities.TaskInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ingest and landing on the real servers, steered as Kafka Connect is. Answers are read by Kafka Connect's own classes, which take
 * no field that they do not know, and are as the OpenAPI document says; codes and words are those that Kafka Connect 3.9.1 gave to
 * the same requests.
 */
final class ConnectApiIT {
    private static final String TOPIC = "controlled";
    private static final int PARTITIONS = 3;
    private static final int ROUNDS = Rounds.of(2, 3);
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final OpenApi API = OpenApi.ofControl();
    private static final ObjectMapper CONNECTS =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    @TempDir
    private static Path configuration;

    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        KafkaProbe.createTopic(TOPIC, PARTITIONS);
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

    @AfterAll
    static void stop() {
        wadi.close();
    }

    private static Path file(String route) {
        return configuration.resolve("routes").resolve(route + ".camel.yaml");
    }

    // ---- asking

    private static HttpResponse<String> ask(String method, String path) throws Exception {
        HttpResponse<String> answer = Http.send(method, wadi.managementUrl() + path, "Accept", "application/json");
        assertThat(API.violations(
                        method,
                        URI.create(path).getRawPath().replaceFirst("(?<=.)/$", ""),
                        answer.statusCode(),
                        answer.headers().firstValue("Content-Type").orElse(""),
                        answer.body()))
                .isEmpty();
        return answer;
    }

    private static <A> A read(String path, Class<A> type) throws Exception {
        HttpResponse<String> answer = ask("GET", path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return CONNECTS.readValue(answer.body(), type);
    }

    private static void steer(String verb, String route, int code) throws Exception {
        HttpResponse<String> answer = ask(verb.equals("restart") ? "POST" : "PUT", "/connectors/" + route + "/" + verb);
        assertThat(answer.statusCode()).as(verb + " " + answer.body()).isEqualTo(code);
        assertThat(answer.body()).isEmpty();
    }

    private static void refused(String method, String path, int code, String... words) throws Exception {
        HttpResponse<String> answer = ask(method, path);
        ErrorMessage error = CONNECTS.readValue(answer.body(), ErrorMessage.class);
        assertThat(answer.statusCode()).isEqualTo(code);
        assertThat(error.errorCode()).isEqualTo(code);
        assertThat(error.message()).contains(words);
    }

    private static ConnectorStateInfo status(String route) throws Exception {
        return read("/connectors/" + route + "/status", ConnectorStateInfo.class);
    }

    private static String state(String route) throws Exception {
        return status(route).connector().state();
    }

    /** The state of its only task, or the word that there is none. */
    private static String task(String route) throws Exception {
        return status(route).tasks().stream()
                .map(ConnectorStateInfo.TaskState::state)
                .findFirst()
                .orElse("none");
    }

    // ---- what there is

    @Test
    void root_isTheServer_andABrowserGetsThePage() throws Exception {
        ServerInfo server = read("/", ServerInfo.class);

        assertThat(server.version()).isNotEmpty();
        assertThat(server.commit()).isNotEmpty();
        assertThat(server.clusterId()).isNotEmpty();
        HttpResponse<String> page =
                Http.get(wadi.managementUrl() + "/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    }

    @Test
    void connectors_areTheRoutesThatReadOrWriteKafka() throws Exception {
        String[] names = read("/connectors", String[].class);

        assertThat(names).containsExactly("events", "host-metrics", "landing", "web-events");
        assertThat(read("/connectors/", String[].class)).isEqualTo(names);
        JsonNode expanded = read("/connectors?expand=status&expand=info", JsonNode.class);
        assertThat(expanded.properties()).hasSize(4).allSatisfy(each -> {
            ConnectorStateInfo status = CONNECTS.treeToValue(each.getValue().get("status"), ConnectorStateInfo.class);
            ConnectorInfo info = CONNECTS.treeToValue(each.getValue().get("info"), ConnectorInfo.class);
            assertThat(status.name()).isEqualTo(each.getKey());
            assertThat(info.name()).isEqualTo(each.getKey());
            assertThat(info.tasks()).hasSize(status.tasks().size());
            assertThat(status.type().toString()).isEqualTo(each.getKey().equals("landing") ? "sink" : "source");
            assertThat(info.type()).isEqualTo(status.type());
        });
        assertThat(read("/connectors?expand=status", JsonNode.class)
                        .get("landing")
                        .properties())
                .hasSize(1);
        assertThat(read("/connectors?expand=nonsense", JsonNode.class).get("landing"))
                .isEmpty();
    }

    @Test
    void connector_tellsConfigTasksAndTopics() throws Exception {
        ConnectorInfo info = read("/connectors/landing", ConnectorInfo.class);

        assertThat(info.config())
                .containsEntry("name", "landing")
                .containsEntry("connector.class", "org.apache.camel.component.kafka.KafkaComponent")
                .containsEntry("tasks.max", "1")
                .containsEntry("topics", TOPIC)
                .containsEntry("input.groupId", TOPIC)
                .containsEntry("description", "Land events in HDFS");
        assertThat(CONNECTS.<JsonNode>valueToTree(info.config()))
                .isEqualTo(read("/connectors/landing/config", JsonNode.class));
        assertThat(info.tasks()).hasSize(1);
        TaskInfo[] tasks = read("/connectors/landing/tasks", TaskInfo[].class);
        assertThat(tasks).hasSize(1);
        assertThat(tasks[0].id()).isEqualTo(info.tasks().get(0));
        assertThat(read("/connectors/landing/tasks-config", JsonNode.class).properties())
                .hasSize(1)
                .allSatisfy(each -> assertThat(each.getKey()).isEqualTo("landing-0"));
        assertThat(topics("landing")).containsExactly(TOPIC);
        assertThat(topics("events")).containsExactly(TOPIC, "select-color");
        assertThat(topics("web-events")).containsExactly("select-color");
        assertThat(topics("host-metrics")).containsExactly("connect-api.metrics");
        assertThat(read("/connectors/landing/tasks/0/status", ConnectorStateInfo.TaskState.class)
                        .workerId())
                .endsWith(":" + URI.create(wadi.managementUrl()).getPort());
        assertThat(read("/connectors/events/offsets", JsonNode.class)).hasToString("{\"offsets\":[]}");
        JsonNode plugins = read("/connector-plugins", JsonNode.class);
        assertThat(plugins.findValuesAsText("class"))
                .contains("org.apache.camel.component.kafka.KafkaComponent", "io.wadi.runtime.HttpComponent");
    }

    private static List<String> topics(String route) throws Exception {
        JsonNode answer = read("/connectors/" + route + "/topics", JsonNode.class);
        assertThat(answer.properties()).hasSize(1);
        String[] topics = CONNECTS.convertValue(answer.get(route).get("topics"), String[].class);
        return List.copyOf(new ActiveTopicsInfo(route, List.of(topics)).topics());
    }

    @Test
    void whatIsNotThere_isConnectsError() throws Exception {
        refused("GET", "/connectors/nope", 404, "Connector nope not found");
        refused("GET", "/connectors/nope/status", 404, "No status found for connector nope");
        refused("GET", "/connectors/a%20b/status", 404, "No status found for connector a b");
        refused("GET", "/connectors/%3Cb%3E/config", 404, "Connector <b> not found");
        refused("GET", "/connectors/landing/tasks/9/status", 404, "No status found for task landing-9");
        refused("POST", "/connectors/landing/tasks/9/restart", 404, "Task landing-9 not found");
        refused("PUT", "/connectors/nope/pause", 404, "Unknown connector nope");
        refused("POST", "/connectors/nope/restart?includeTasks=true", 404, "Unknown connector: nope");
        refused("GET", "/connectors/landing/nothing", 404, "HTTP 404 Not Found");
        refused("GET", "/connectors/landing/pause", 405, "HTTP 405 Method Not Allowed");
        refused("PATCH", "/connectors", 405, "HTTP 405 Method Not Allowed");
        // Not a flow: it has no place in Kafka.
        refused("GET", "/connectors/openapi", 404, "Connector openapi not found");
    }

    @Test
    void whatOnlyAFileCanSay_isRefusedWithWhatToDo() throws Exception {
        refused("POST", "/connectors", 405, "routes/*.camel.yaml");
        refused("PUT", "/connectors/landing/config", 405, "routes/*.camel.yaml");
        refused("PATCH", "/connectors/landing/config", 405, "routes/*.camel.yaml");
        refused("DELETE", "/connectors/landing", 405, "PUT /connectors/landing/stop", "routes/*.camel.yaml");
        refused("DELETE", "/connectors/nope", 404, "Connector nope not found");
        refused("DELETE", "/connectors/landing/offsets", 405, "./wadi groups");
        refused("PUT", "/connectors/landing/topics/reset", 405, "nothing to reset");
    }

    // ---- steering

    @Test
    void ingest_pausedOrStopped_tellsItsSendersToComeAgain() throws Exception {
        assertThat(post().statusCode()).isEqualTo(200);

        steer("pause", "events", 202);
        await().until(() -> task("events").equals("PAUSED"));
        assertThat(state("events")).isEqualTo("PAUSED");
        assertComeAgain("this path is paused");
        steer("stop", "events", 204);
        assertThat(state("events")).isEqualTo("STOPPED");
        assertThat(task("events")).isEqualTo("none");
        assertComeAgain("this path is stopped for now");
        edit("web-events", "Take JSON events", "Take events");
        assertThat(state("events")).isEqualTo("STOPPED");
        assertComeAgain("this path is stopped for now");
        await().until(() -> ready() == 200);

        steer("resume", "events", 202);
        assertThat(post().statusCode()).isEqualTo(200);
        assertThat(state("events")).isEqualTo("RUNNING");
        steer("restart", "events", 204);
        assertThat(post().statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> post() throws Exception {
        return Http.post(
                wadi.eventsUrl() + "/events/select-color",
                "{\"number\":1}".getBytes(UTF_8),
                "Content-Type",
                "application/json");
    }

    private static void assertComeAgain(String words) throws Exception {
        HttpResponse<String> answer = post();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains(words);
    }

    private static int ready() throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health/ready").statusCode();
    }

    @Test
    void timer_isPausedByStoppingIt() throws Exception {
        steer("pause", "host-metrics", 202);
        assertThat(state("host-metrics")).isEqualTo("PAUSED");
        assertThat(task("host-metrics")).isEqualTo("PAUSED");
        steer("restart", "host-metrics", 204);
        assertThat(state("host-metrics")).isEqualTo("PAUSED");
        steer("resume", "host-metrics", 202);
        assertThat(task("host-metrics")).isEqualTo("RUNNING");
    }

    /** Files become old after ten minutes only, so what lands at a pause has landed because of it. */
    @Test
    void landing_steeredUnderLoad_landsEachRecordOnce() throws Exception {
        try (SteadyLoad load = SteadyLoad.start(TOPIC, PARTITIONS, number -> "{\"number\":" + number + "}")) {
            for (int time = 0; time < ROUNDS; time++) {
                awaitReading();
                pause();
                Set<String> members = KafkaProbe.members(TOPIC);
                Map<TopicPartition, OffsetAndMetadata> committed = KafkaProbe.committed(TOPIC);
                assertThat(committed.values().stream()
                                .mapToLong(OffsetAndMetadata::offset)
                                .sum())
                        .as("what was taken has landed")
                        .isEqualTo(HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC));
                int sent = load.sent();
                await().until(() -> load.sent() > sent + 800);
                if (time == 1) {
                    edit("landing", "Land events in HDFS", "Land events");
                    edit("landing", "Land events", "Land events in HDFS");
                    await().until(() -> task("landing").equals("PAUSED"));
                } else {
                    assertThat(KafkaProbe.members(TOPIC))
                            .as("stay in the group")
                            .isEqualTo(members);
                }
                assertThat(KafkaProbe.committed(TOPIC)).as("while it is paused").isEqualTo(committed);
                int more = load.sent();
                await().until(() -> Scrape.of(wadi).sum("wadi_lag_records", "group", TOPIC) >= more - landed());
                await().until(() -> ready() == 200);
                steer("resume", "landing", 202);
                awaitReading();
                stopAndResume();
                HttpResponse<String> restarted = ask("POST", "/connectors/landing/restart?includeTasks=true");
                assertThat(restarted.statusCode()).isEqualTo(202);
                assertThat(CONNECTS.readValue(restarted.body(), ConnectorStateInfo.class)
                                .name())
                        .isEqualTo("landing");
                assertThat(ask("POST", "/connectors/landing/restart?onlyFailed=true")
                                .statusCode())
                        .isEqualTo(202);
            }
            steerWhileRoutesAreEdited();
            load.stop();
            await().until(() -> landedOrOpen() == load.sent());
            pause();
            assertLandedOnce(load.sent());
            steer("resume", "landing", 202);
        }
    }

    private static void pause() throws Exception {
        steer("pause", "landing", 202);
        assertThat(state("landing")).isEqualTo("PAUSED");
        await().until(() -> task("landing").equals("PAUSED"));
    }

    private static void stopAndResume() throws Exception {
        steer("stop", "landing", 204);
        assertThat(state("landing")).isEqualTo("STOPPED");
        assertThat(KafkaProbe.members(TOPIC)).isEmpty();
        edit("landing", "Land events in HDFS", "Land events");
        edit("landing", "Land events", "Land events in HDFS");
        assertThat(state("landing")).isEqualTo("STOPPED");
        assertThat(KafkaProbe.members(TOPIC)).isEmpty();
        steer("resume", "landing", 202);
        awaitReading();
    }

    /** Whatever comes first, at the end the route is what was asked last. */
    private static void steerWhileRoutesAreEdited() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Set<String>> steering = thread.submit(() -> steerUntil(over));
            for (int time = 0; time < ROUNDS; time++) {
                edit("landing", "Land events in HDFS", "Land events");
                edit("landing", "Land events", "Land events in HDFS");
            }
            over.set(true);
            assertThat(steering.get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .containsExactlyInAnyOrder("pause 202", "resume 202", "stop 204", "restart 204");
        } finally {
            thread.shutdownNow();
        }
        assertThat(state("landing")).isEqualTo("RUNNING");
        awaitReading();
    }

    /** Ends behind the last of its verbs; returns each that it has asked with its answers. */
    private static Set<String> steerUntil(AtomicBoolean over) throws Exception {
        List<String> verbs = List.of("pause", "resume", "stop", "pause", "restart", "resume");
        Set<String> answers = new HashSet<>();
        while (!over.get()) {
            for (String verb : verbs) {
                String method = verb.equals("restart") ? "POST" : "PUT";
                answers.add(
                        verb + " " + ask(method, "/connectors/landing/" + verb).statusCode());
            }
        }
        return answers;
    }

    private static void awaitReading() {
        await().until(() -> task("landing").equals("RUNNING"));
        await().until(() -> KafkaProbe.members(TOPIC).size() == 1);
        await().until(() -> landedOrOpen() > landed() + 100);
    }

    private static long landed() throws IOException {
        return HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC);
    }

    /** How many records the route has behind it, in files or in one that is open. */
    private static long landedOrOpen() throws Exception {
        return landed() + Math.round(Scrape.of(wadi).sum("wadi_inflight_records", "group", TOPIC));
    }

    private static void assertLandedOnce(int sent) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> kafka = KafkaProbe.readAll(TOPIC);
        assertThat(kafka).hasSize(sent);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int p = partition;
            assertThat(HdfsProbe.landed("/" + TOPIC, TOPIC).stream()
                            .filter(each -> each.partition() == p)
                            .flatMap(each -> each.lines().stream())
                            .toList())
                    .as("partition %d", p)
                    .isEqualTo(kafka.stream()
                            .filter(each -> each.partition() == p)
                            .map(each -> new String(each.value(), UTF_8))
                            .toList());
        }
    }

    /** Saves a changed file, and returns once it is in force. */
    private static void edit(String route, String from, String to) throws Exception {
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
