package io.wadi.management.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Rounds;
import io.wadi.testing.Scrape;
import io.wadi.testing.SteadyLoad;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
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
import org.apache.kafka.connect.runtime.rest.entities.ServerInfo;
import org.apache.kafka.connect.runtime.rest.entities.TaskInfo;
import org.junit.jupiter.api.Test;

/**
 * Ingest and landing on real servers, controlled by Kafka Connect's API. Kafka Connect's own classes parse the
 * responses and reject unknown fields, and the OpenAPI document validates them. Status codes and messages are those
 * that Kafka Connect 3.9.1 returned for the same requests. {@link ConnectorEditsIT} creates connectors.
 */
final class ConnectApiIT extends ControlledRoutes {
    private static final int ROUNDS = Rounds.of(1, 3);
    private static final Duration LONG = Duration.ofMinutes(2);

    // ---- reading

    @Test
    void root_returnsTheServerInfo_andThePageToBrowsers() throws Exception {
        ServerInfo server = read("/", ServerInfo.class);

        assertThat(server.version()).isNotEmpty();
        assertThat(server.commit()).isNotEmpty();
        assertThat(server.clusterId()).isNotEmpty();
        HttpResponse<String> page =
                Http.get(wadi.managementUrl() + "/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    }

    @Test
    void connectors_listsRoutesThatReadOrWriteKafka() throws Exception {
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
    void connector_returnsConfigTasksAndTopics() throws Exception {
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
        assertThat(read("/connectors/landing/group", JsonNode.class))
                .hasToString("{\"group\":\"%s\",\"type\":\"Classic\",\"state\":\"Stable\"}".formatted(TOPIC));
        assertRejected("GET", "/connectors/events/group", 404, "Connector events has no consumer group");
        JsonNode plugins = read("/connector-plugins", JsonNode.class);
        assertThat(plugins.findValuesAsText("class"))
                .contains("org.apache.camel.component.kafka.KafkaComponent", "io.wadi.runtime.HttpComponent");
    }

    private static List<String> topics(String route) throws Exception {
        JsonNode response = read("/connectors/" + route + "/topics", JsonNode.class);
        assertThat(response.properties()).hasSize(1);
        String[] topics = CONNECTS.convertValue(response.get(route).get("topics"), String[].class);
        return List.copyOf(new ActiveTopicsInfo(route, List.of(topics)).topics());
    }

    @Test
    void unknownResources_areAnsweredWithConnectsErrors() throws Exception {
        assertRejected("GET", "/connectors/nope", 404, "Connector nope not found");
        assertRejected("GET", "/connectors/nope/status", 404, "No status found for connector nope");
        assertRejected("GET", "/connectors/a%20b/status", 404, "No status found for connector a b");
        assertRejected("GET", "/connectors/%3Cb%3E/config", 404, "Connector <b> not found");
        assertRejected("GET", "/connectors/landing/tasks/9/status", 404, "No status found for task landing-9");
        assertRejected("POST", "/connectors/landing/tasks/9/restart", 404, "Task landing-9 not found");
        assertRejected("PUT", "/connectors/nope/pause", 404, "Unknown connector nope");
        assertRejected("POST", "/connectors/nope/restart?includeTasks=true", 404, "Unknown connector: nope");
        assertRejected("GET", "/connectors/landing/nothing", 404, "HTTP 404 Not Found");
        assertRejected("GET", "/connectors/landing/pause", 405, "HTTP 405 Method Not Allowed");
        assertRejected("PATCH", "/connectors", 405, "HTTP 405 Method Not Allowed");
        // A route that neither reads nor writes Kafka.
        assertRejected("GET", "/connectors/openapi", 404, "Connector openapi not found");
    }

    @Test
    void unsupportedOperations_areRejectedWithTheAlternative() throws Exception {
        assertRejected("POST", "/connectors", 415, "Content-Type: application/json");
        assertRejected("PUT", "/connectors/landing/config", 405, "routes/*.camel.yaml");
        assertRejected("PATCH", "/connectors/landing/config", 405, "routes/*.camel.yaml");
        assertRejected("DELETE", "/connectors/landing", 405, "PUT /connectors/landing/stop", "routes/*.camel.yaml");
        assertRejected("DELETE", "/connectors/nope", 404, "Connector nope not found");
        assertRejected("PUT", "/connectors/nope/topics/reset", 404, "Connector nope not found");
        assertRejected("DELETE", "/connectors/landing/offsets", 405, "./wadi groups");
        assertRejected("PUT", "/connectors/landing/topics/reset", 405, "resetting topics is not supported");
    }

    // ---- control

    @Test
    void ingest_pausedOrStopped_answers503WithRetryAfter() throws Exception {
        assertThat(post().statusCode()).isEqualTo(200);

        control("pause", "events", 202);
        await().until(() -> task("events").equals("PAUSED"));
        assertThat(state("events")).isEqualTo("PAUSED");
        assertRetryLater("this path is paused");
        control("stop", "events", 204);
        assertThat(state("events")).isEqualTo("STOPPED");
        assertThat(task("events")).isEqualTo("none");
        assertRetryLater("this path is stopped");
        edit("web-events", "Accept JSON events", "Accept events");
        assertThat(state("events")).isEqualTo("STOPPED");
        assertRetryLater("this path is stopped");
        await().until(() -> ready() == 200);

        control("resume", "events", 202);
        assertThat(post().statusCode()).isEqualTo(200);
        assertThat(state("events")).isEqualTo("RUNNING");
        control("restart", "events", 204);
        assertThat(post().statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> post() throws Exception {
        return Http.post(
                wadi.eventsUrl() + "/events/select-color",
                "{\"number\":1}".getBytes(UTF_8),
                "Content-Type",
                "application/json");
    }

    private static void assertRetryLater(String words) throws Exception {
        HttpResponse<String> response = post();
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(response.body()).contains(words);
    }

    @Test
    void timerRoute_isPausedByStoppingIt() throws Exception {
        control("pause", "host-metrics", 202);
        assertThat(state("host-metrics")).isEqualTo("PAUSED");
        assertThat(task("host-metrics")).isEqualTo("PAUSED");
        control("restart", "host-metrics", 204);
        assertThat(state("host-metrics")).isEqualTo("PAUSED");
        control("resume", "host-metrics", 202);
        assertThat(task("host-metrics")).isEqualTo("RUNNING");
    }

    /** Files are published after ten minutes, so a file that appears at a pause was published because of it. */
    @Test
    void landing_pausedAndRestartedUnderLoad_landsEachRecordOnce() throws Exception {
        try (SteadyLoad load = SteadyLoad.start(TOPIC, PARTITIONS, number -> "{\"number\":" + number + "}")) {
            for (int time = 0; time < ROUNDS; time++) {
                awaitReading();
                pause();
                Set<String> members = GroupProbe.members(TOPIC);
                Map<TopicPartition, OffsetAndMetadata> committed = GroupProbe.committed(TOPIC);
                assertThat(committed.values().stream()
                                .mapToLong(OffsetAndMetadata::offset)
                                .sum())
                        .as("all committed records have landed")
                        .isEqualTo(HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC));
                int sent = load.sent();
                await().until(() -> load.sent() > sent + 800);
                if (time == 1) {
                    edit("landing", "Land events in HDFS", "Land events");
                    edit("landing", "Land events", "Land events in HDFS");
                    await().until(() -> task("landing").equals("PAUSED"));
                } else {
                    assertThat(GroupProbe.members(TOPIC))
                            .as("stay in the group")
                            .isEqualTo(members);
                }
                assertThat(GroupProbe.committed(TOPIC)).as("while it is paused").isEqualTo(committed);
                int more = load.sent();
                await().until(() -> Scrape.of(wadi).sum("wadi_lag_records", "group", TOPIC) >= more - landed());
                await().until(() -> ready() == 200);
                control("resume", "landing", 202);
                awaitReading();
                stopAndResume();
                HttpResponse<String> restarted = send("POST", "/connectors/landing/restart?includeTasks=true");
                assertThat(restarted.statusCode()).isEqualTo(202);
                assertThat(CONNECTS.readValue(restarted.body(), ConnectorStateInfo.class)
                                .name())
                        .isEqualTo("landing");
                assertThat(send("POST", "/connectors/landing/restart?onlyFailed=true")
                                .statusCode())
                        .isEqualTo(202);
            }
            controlWhileRoutesAreEdited();
            load.stop();
            await().until(() -> landedOrOpen() == load.sent());
            pause();
            assertLandedOnce(load.sent());
            control("resume", "landing", 202);
        }
    }

    private static void pause() throws Exception {
        control("pause", "landing", 202);
        assertThat(state("landing")).isEqualTo("PAUSED");
        await().until(() -> task("landing").equals("PAUSED"));
    }

    private static void stopAndResume() throws Exception {
        control("stop", "landing", 204);
        assertThat(state("landing")).isEqualTo("STOPPED");
        assertThat(GroupProbe.members(TOPIC)).isEmpty();
        edit("landing", "Land events in HDFS", "Land events");
        edit("landing", "Land events", "Land events in HDFS");
        assertThat(state("landing")).isEqualTo("STOPPED");
        assertThat(GroupProbe.members(TOPIC)).isEmpty();
        control("resume", "landing", 202);
        awaitReading();
    }

    /** The route ends in the state of the last request. */
    private static void controlWhileRoutesAreEdited() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Set<String>> controlling = thread.submit(() -> controlUntil(over));
            for (int time = 0; time < ROUNDS; time++) {
                edit("landing", "Land events in HDFS", "Land events");
                edit("landing", "Land events", "Land events in HDFS");
            }
            over.set(true);
            assertThat(controlling.get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .containsExactlyInAnyOrder("pause 202", "resume 202", "stop 204", "restart 204");
        } finally {
            thread.shutdownNow();
        }
        assertThat(state("landing")).isEqualTo("RUNNING");
        awaitReading();
    }

    /** Repeats all verbs until {@code over}; returns each request with its status. */
    private static Set<String> controlUntil(AtomicBoolean over) throws Exception {
        List<String> verbs = List.of("pause", "resume", "stop", "pause", "restart", "resume");
        Set<String> responses = new HashSet<>();
        while (!over.get()) {
            for (String verb : verbs) {
                String method = verb.equals("restart") ? "POST" : "PUT";
                responses.add(
                        verb + " " + send(method, "/connectors/landing/" + verb).statusCode());
            }
        }
        return responses;
    }

    private static void awaitReading() {
        await().until(() -> task("landing").equals("RUNNING"));
        await().until(() -> GroupProbe.members(TOPIC).size() == 1);
        await().until(() -> landedOrOpen() > landed() + 100);
    }

    private static long landed() throws IOException {
        return HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC);
    }

    /** The number of records that the route has written to published files or to an open one. */
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
}
