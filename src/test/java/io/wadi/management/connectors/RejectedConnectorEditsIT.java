package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Scrape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.connect.runtime.rest.entities.ConfigInfos;
import org.apache.kafka.connect.runtime.rest.entities.ConfigKeyInfo;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorInfo;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorStateInfo;
import org.apache.kafka.connect.runtime.rest.entities.PluginInfo;
import org.junit.jupiter.api.Test;

/**
 * Edits of connectors that are rejected and change nothing, and the validation of configurations, on real servers.
 * {@link ConnectorEditsIT} tests the edits that are applied.
 */
final class RejectedConnectorEditsIT extends EditedConnectors {
    @Test
    void plugins_listsTemplates_andConfigsAreValidated() throws Exception {
        PluginInfo[] plugins = read(send("GET", "/connector-plugins", ""), 200, PluginInfo[].class);
        assertThat(plugins)
                .extracting(each -> each.className() + " " + each.type())
                .contains("file-to-topic source", "topic-to-database sink");
        assertThat(read(send("GET", "/connector-plugins/file-to-topic/config", ""), 200, ConfigKeyInfo[].class))
                .extracting(ConfigKeyInfo::name)
                .contains("connector.class", "files", "topic");
        assertRejected(send("GET", "/connector-plugins/landing/config", ""), 404, "Unknown plugin landing.");
        assertRejected(
                send("PUT", "/connector-plugins/landing/config/validate", "{}"),
                400,
                "Failed to find any class",
                "file-to-topic");

        String config = CONNECTS.writeValueAsString(Map.of("name", "v", "topic", "{{secret}}", "nope", "1"));
        ConfigInfos result =
                read(send("PUT", "/connector-plugins/file-to-topic/config/validate", config), 200, ConfigInfos.class);
        assertThat(result.name()).isEqualTo("file-to-topic");
        assertThat(result.errorCount()).isEqualTo(3);
        assertRejected(
                send("PUT", "/connector-plugins/file-to-topic/config/validate", "{\"connector.class\":\"x\"}"),
                400,
                "does not match");
        assertThat(written()).isEmpty();
    }

    @Test
    void change_requiresTheOperateRole_jsonAndTheSameSite() throws Exception {
        String body = CONNECTS.writeValueAsString(
                Map.of("name", "roles", "config", fileToTopic(files.resolve("roles.log"), TOPIC + "-roles")));
        List<String[]> requests = List.of(
                new String[] {"POST", "/connectors"},
                new String[] {"PUT", "/connectors/roles/config"},
                new String[] {"PATCH", "/connectors/roles/config"},
                new String[] {"DELETE", "/connectors/own"},
                new String[] {"PUT", "/connector-plugins/file-to-topic/config/validate"});
        for (String[] each : requests) {
            assertThat(send(each[0], each[1], body, "Authorization", "Digest x").statusCode())
                    .isEqualTo(401);
            assertThat(send(each[0], each[1], body, "Authorization", basic("vera:verasecret"))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(send(each[0], each[1], body, "Sec-Fetch-Site", "cross-site")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(send(each[0], each[1], body, "Origin", "https://evil.example")
                            .statusCode())
                    .isEqualTo(403);
        }
        for (String type :
                List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")) {
            assertThat(send("POST", "/connectors", body, "Content-Type", type).statusCode())
                    .as(type)
                    .isEqualTo(415);
        }
        assertThat(send("POST", "/connectors", body + " ".repeat(100_000), "X-Large", "1")
                        .statusCode())
                .isEqualTo(413);
        assertThat(written()).isEmpty();
        assertThat(send("GET", "/connectors", "").body()).isEqualTo("[\"own\"]");
    }

    @Test
    void routeOfAnotherFile_isNotChanged() throws Exception {
        Path own = configuration.resolve("routes/own.camel.yaml");
        String before = Files.readString(own);
        Map<String, String> config = fileToTopic(files.resolve("own.log"), TOPIC + "-own");

        assertRejected(create("own", config), 409, "Connector own already exists");
        assertRejected(put("own", config), 405, "has not created own", "routes/*.camel.yaml");
        assertRejected(send("PATCH", "/connectors/own/config", "{}"), 405, "has not created own");
        assertRejected(send("DELETE", "/connectors/own", ""), 405, "has not created own");
        // Neither a route of the management port nor an unmarked file with a connector's name is overwritten.
        assertRejected(create("connect-plugins", config), 409, "already exists");
        Files.writeString(
                file("theirs"),
                "# by hand\n" + before.replace("routeId: own", "routeId: other").replace("/own/", "/other/"));
        try {
            await().until(() -> send("GET", "/connectors/other", "").statusCode() == 200);
            assertRejected(create("theirs", config), 409, "already exists");
            assertRejected(put("theirs", config), 405, "has not created theirs");
        } finally {
            Files.delete(file("theirs"));
            await().until(() -> send("GET", "/connectors/other", "").statusCode() == 404);
        }
        assertThat(own).hasContent(before);
    }

    @Test
    void invalidEditOfAnotherFile_doesNotBlockConnectors_andUnloadedEditsAreKept() throws Exception {
        Path own = configuration.resolve("routes/own.camel.yaml");
        String before = Files.readString(own);
        Map<String, String> config = fileToTopic(files.resolve("beside.log"), TOPIC + "-own");
        Files.writeString(own, before.replace("routeTemplateRef: file", "routeTemplateRef: fiel"));
        try {
            await().until(() -> Scrape.of(wadi).sum("wadi_routes_rejected") == 1);

            assertThat(create("beside", config).statusCode()).isEqualTo(201);
            config.put("rows", "100");
            assertThat(put("beside", config).statusCode()).isEqualTo(200);

            assertThat(Scrape.of(wadi).sum("wadi_routes_rejected")).isEqualTo(1);
            assertThat(send("GET", "/connectors/own/status", "").body()).contains("RUNNING");
            // An edit of the connector's file is applied once the other file is corrected.
            String edited = Files.readString(file("beside")).replace("\"100\"", "\"200\"");
            Files.writeString(file("beside"), edited);
            assertRejected(put("beside", fileToTopic(files.resolve("x.log"), TOPIC)), 409, "is not loaded yet");
            assertRejected(send("DELETE", "/connectors/beside", ""), 409, "is not loaded yet");
            assertThat(file("beside")).hasContent(edited);
        } finally {
            Files.writeString(own, before);
        }
        await().until(() -> send("GET", "/connectors/beside/config", "").body().contains("\"200\""));
        assertThat(Scrape.of(wadi).sum("wadi_routes_rejected")).isZero();
    }

    @Test
    void configWithAFailingRoute_isRolledBack() throws Exception {
        Path log = files.resolve("wrong.log");
        Map<String, String> wrong = fileToTopic(log, TOPIC + "-own");
        wrong.putAll(Map.of("lines", "json", "value", "avro", "schema", "schemas/missing.avsc"));

        assertRejected(
                create("wrong", wrong),
                400,
                "wrong does not run; the running configuration is unchanged",
                "missing.avsc");

        assertThat(written()).isEmpty();
        assertRejected(send("GET", "/connectors/wrong", ""), 404, "not found");
        Map<String, String> right = fileToTopic(log, TOPIC + "-own");
        assertThat(create("wrong", right).statusCode()).isEqualTo(201);
        String before = Files.readString(file("wrong"));
        assertRejected(put("wrong", wrong), 400, "missing.avsc");
        assertThat(file("wrong")).hasContent(before);
        assertThat(read(send("GET", "/connectors/wrong/status", ""), 200, ConnectorStateInfo.class)
                        .connector()
                        .state())
                .isEqualTo("RUNNING");
    }

    @Test
    void unwritableFile_createsNoConnector() throws Exception {
        Path blocked = file("blocked").resolveSibling(".connector-blocked.camel.yaml.tmp");
        Files.createDirectories(blocked.resolve("x"));
        try {
            assertRejected(
                    create("blocked", fileToTopic(files.resolve("b.log"), TOPIC + "-own")),
                    500,
                    "routes/connector-blocked.camel.yaml cannot be written and nothing has changed");
            assertRejected(send("GET", "/connectors/blocked", ""), 404, "not found");
        } finally {
            Files.delete(blocked.resolve("x"));
            Files.delete(blocked);
        }
    }

    @Test
    void nameWithAPath_isInvalid() throws Exception {
        Map<String, String> config = fileToTopic(files.resolve("n.log"), TOPIC + "-own");
        for (String name : List.of("../own", "a/b", "", "a\nb", "{{x}}")) {
            assertRejected(create(name, config), 400, "configuration");
        }
        for (String path : List.of("%2e%2e%2fown", "a%0aWARN%20forged", "a%20b")) {
            assertRejected(put(path, config), 400, "for configuration name: expected 1 to 100");
            assertRejected(send("PATCH", "/connectors/" + path + "/config", "{}"), 400, "for configuration name");
            assertRejected(send("DELETE", "/connectors/" + path, ""), 404, "not found");
        }
        assertRejected(send("PATCH", "/connectors/nope/config", "{}"), 404, "Connector nope not found");
        config.put("name", "x");
        assertRejected(create("y", config), 400, "doesn't match");
        assertRejected(send("POST", "/connectors", "{"), 400, "The body is invalid");
        assertRejected(send("POST", "/connectors", "{\"name\":\"y\",\"config\":{\"a\":[]}}"), 400, "strings only");
        assertRejected(
                send("POST", "/connectors", "{\"name\":\"y\",\"config\":{},\"initial_state\":\"PAUSED\"}"),
                400,
                "initial_state");
        assertThat(written()).isEmpty();
    }

    @Test
    void concurrentCreations_areServedOneByOne_upToTheMaximum() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Integer> same = () -> create("same", fileToTopic(files.resolve("same.log"), TOPIC + "-own"))
                    .statusCode();
            List<Integer> ofSame = statuses(threads.invokeAll(Collections.nCopies(8, same)));
            assertThat(ofSame).containsOnlyOnce(201).containsOnly(201, 409);

            Map<String, String> changes = Map.of("rows", "10", "every", "1s", "longestLine", "1KiB", "lines", "json");
            List<Callable<Integer>> patches = changes.entrySet().stream()
                    .map(each -> (Callable<Integer>) () -> send(
                                    "PATCH",
                                    "/connectors/same/config",
                                    CONNECTS.writeValueAsString(Map.of(each.getKey(), each.getValue())))
                            .statusCode())
                    .toList();
            assertThat(statuses(threads.invokeAll(patches))).containsOnly(200);
            assertThat(read(send("GET", "/connectors/same", ""), 200, ConnectorInfo.class)
                            .config())
                    .containsAllEntriesOf(changes);

            List<Callable<Integer>> created = IntStream.range(0, 8)
                    .mapToObj(number -> (Callable<Integer>) () -> create(
                                    "c" + number, fileToTopic(files.resolve(number + ".log"), TOPIC + "-own"))
                            .statusCode())
                    .toList();
            List<Integer> statuses = statuses(threads.invokeAll(created));
            assertThat(statuses.stream().filter(status -> status == 201)).hasSize(MAX_CONNECTORS - 1);
            assertThat(statuses).containsOnly(201, 409);
            assertThat(written()).hasSize(MAX_CONNECTORS);
            assertRejected(
                    create("more", fileToTopic(files.resolve("more.log"), TOPIC + "-own")),
                    409,
                    "the maximum by wadi.connector-api.max-connectors");
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Integer> statuses(List<Future<Integer>> requests) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> each : requests) {
            statuses.add(each.get());
        }
        return statuses;
    }
}
