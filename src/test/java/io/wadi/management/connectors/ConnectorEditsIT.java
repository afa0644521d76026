package io.wadi.management.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorInfo;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorStateInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Connectors that are created, changed and deleted by requests of users, on real servers. Kafka Connect's own classes
 * write the requests and read the responses, and the OpenAPI document validates the responses. {@link
 * RejectedConnectorEditsIT} tests rejected requests.
 */
final class ConnectorEditsIT extends EditedConnectors {
    @Test
    void source_isCreated_changed_restartedAndDeleted() throws Exception {
        TopicProbe.create(TOPIC, 1);
        TopicProbe.create(TOPIC + "-2", 1);
        Path log = Files.writeString(files.resolve("life.log"), "one\n");
        Map<String, String> config = fileToTopic(log, TOPIC);

        HttpResponse<String> created = create("life", config);

        ConnectorInfo info = read(created, 201, ConnectorInfo.class);
        config.putAll(Map.of("name", "life", "tasks.max", "1"));
        assertThat(created.headers().firstValue("Location")).contains("/connectors/life");
        assertThat(info.name()).isEqualTo("life");
        assertThat(info.config()).isEqualTo(config);
        assertThat(info.type().toString()).isEqualTo("source");
        assertThat(info.tasks()).hasSize(1);
        assertThat(read(send("GET", "/connectors/life/status", ""), 200, ConnectorStateInfo.class)
                        .connector()
                        .state())
                .isEqualTo("RUNNING");
        await().untilAsserted(() -> assertThat(values(TOPIC)).containsExactly("one"));
        assertRejected(create("life", config), 409, "Connector life already exists");

        double applied = applied();
        assertThat(read(put("life", config), 200, ConnectorInfo.class).config()).isEqualTo(config);
        assertThat(applied()).isEqualTo(applied);
        HttpResponse<String> patched =
                send("PATCH", "/connectors/life/config", "{\"topic\":\"%s\",\"every\":null}".formatted(TOPIC + "-2"));
        config.put("topic", TOPIC + "-2");
        config.remove("every");
        assertThat(read(patched, 200, ConnectorInfo.class).config()).isEqualTo(config);
        assertThat(applied()).isEqualTo(applied + 1);
        Files.writeString(log, "two\n", StandardOpenOption.APPEND);
        await().untilAsserted(() -> assertThat(values(TOPIC + "-2")).containsExactly("two"));

        wadi.close();
        wadi = running();
        assertThat(read(send("GET", "/connectors/life", ""), 200, ConnectorInfo.class)
                        .config())
                .isEqualTo(config);
        Files.writeString(log, "three\n", StandardOpenOption.APPEND);
        await().untilAsserted(() -> assertThat(values(TOPIC + "-2")).containsExactly("two", "three"));
        assertThat(values(TOPIC)).containsExactly("one");

        assertThat(send("PUT", "/connectors/life/pause", "").statusCode()).isEqualTo(202);
        assertThat(send("PATCH", "/connectors/life/config", "{\"rows\":100}").statusCode())
                .isEqualTo(200);
        assertThat(read(send("GET", "/connectors/life/status", ""), 200, ConnectorStateInfo.class)
                        .connector()
                        .state())
                .isEqualTo("PAUSED");
        assertThat(send("DELETE", "/connectors/life", "").statusCode()).isEqualTo(204);
        assertRejected(send("GET", "/connectors/life", ""), 404, "Connector life not found");
        assertRejected(send("DELETE", "/connectors/life", ""), 404, "Connector life not found");
        assertThat(written()).isEmpty();
        // Neither the pause nor another route remains, but the source offset does.
        assertThat(put("life", config).statusCode()).isEqualTo(201);
        Files.writeString(log, "four\n", StandardOpenOption.APPEND);
        await().untilAsserted(() -> assertThat(values(TOPIC + "-2")).containsExactly("two", "three", "four"));
    }

    @Test
    void sourceWithoutItsDirectory_hasAFailedTask_untilTheDirectoryExists() throws Exception {
        Path missing = files.resolve("missing");
        assertThat(create("missing", fileToTopic(missing.resolve("*.log"), TOPIC + "-missing"))
                        .statusCode())
                .isEqualTo(201);

        await().until(() -> task("missing").state().equals("FAILED"));
        assertThat(task("missing").trace()).isEqualTo("NoSuchFileException: " + missing);
        Files.createDirectory(missing);
        await().until(() -> task("missing").state().equals("RUNNING"));
    }

    private static ConnectorStateInfo.TaskState task(String connector) throws Exception {
        return read(send("GET", "/connectors/" + connector + "/status", ""), 200, ConnectorStateInfo.class)
                .tasks()
                .get(0);
    }

    @Test
    void sink_usesAConsumerGroupWithItsName() throws Exception {
        String topic = TOPIC + "-sink";
        TopicProbe.create(topic, 2);
        for (int partition = 0; partition < 2; partition++) {
            KafkaProbe.send(new ProducerRecord<>(topic, partition, null, ("p" + partition).getBytes(UTF_8)));
        }

        HttpResponse<String> created = create(
                "sink",
                Map.of(
                        "connector.class",
                        "topic-to-file",
                        "tasks.max",
                        "2",
                        "topic",
                        topic,
                        "file",
                        files + "/{topic}+{partition}.out"));

        assertThat(read(created, 201, ConnectorInfo.class).type().toString()).isEqualTo("sink");
        for (int partition = 0; partition < 2; partition++) {
            Path out = files.resolve(topic + "+" + partition + ".out");
            await().until(() -> Files.exists(out) && Files.readString(out).endsWith("\n"));
            assertThat(out).hasContent("p" + partition + "\n");
        }
        assertThat(GroupProbe.members("connect-sink")).isNotEmpty();
        ConnectorStateInfo status = read(send("GET", "/connectors/sink/status", ""), 200, ConnectorStateInfo.class);
        assertThat(status.tasks()).hasSize(2);
    }

    @Test
    @Nightly(
            perChange = {
                "ConnectorEditsIT#source_isCreated_changed_restartedAndDeleted",
                "RouteReloaderIT#dependentFiles_areAppliedTogether_andRemovedRoutesStop"
            })
    void connector_isSharedByInstancesWithTheSameFiles() throws Exception {
        String topic = TOPIC + "-shared";
        TopicProbe.create(topic, 2);
        Map<String, String> config =
                Map.of("connector.class", "topic-to-file", "topic", topic, "file", files + "/{topic}+{partition}.out");
        try (RunningWadi other = running()) {
            assertThat(create("shared", config).statusCode()).isEqualTo(201);

            await().until(() -> sendTo(other, "GET", "/connectors/shared", "").statusCode() == 200);
            await().until(() -> GroupProbe.members("connect-shared").size() == 2);
            assertThat(sendTo(other, "PATCH", "/connectors/shared/config", "{\"batch\":10}")
                            .statusCode())
                    .isEqualTo(200);
            await().until(() ->
                    send("GET", "/connectors/shared/config", "").body().contains("\"batch\":\"10\""));
            assertThat(sendTo(other, "DELETE", "/connectors/shared", "").statusCode())
                    .isEqualTo(204);
            await().until(() -> send("GET", "/connectors/shared", "").statusCode() == 404);
        }
    }

    @Test
    void hdfsSource_readsAllowedDirectories() throws Exception {
        String topic = TOPIC + "-hdfs";
        TopicProbe.create(topic, 1);
        try (FileSystem hdfs = HdfsProbe.open()) {
            org.apache.hadoop.fs.Path in = new org.apache.hadoop.fs.Path("/" + TOPIC + "/in");
            hdfs.mkdirs(in);
            try (var out = hdfs.create(new org.apache.hadoop.fs.Path(in, "a.log"))) {
                out.write("row\n".getBytes(UTF_8));
            }
        }
        Map<String, String> config =
                new HashMap<>(Map.of("connector.class", "hdfs-to-topic", "directory", "/data", "topic", topic));

        assertRejected(create("hdfs", config), 400, "expected a path below [/" + TOPIC + "]");
        config.put("directory", "/" + TOPIC + "/in");
        assertThat(create("hdfs", config).statusCode()).isEqualTo(201);

        await().untilAsserted(() -> assertThat(values(topic)).containsExactly("row"));
    }

    @Test
    @EnabledIf(value = "io.wadi.testing.OwnPostgres#isInstalled", disabledReason = "no PostgreSQL on this machine")
    void databaseSource_usesTheConfiguredDatabase_andHidesThePassword() throws Exception {
        String topic = TOPIC + "-database";
        TopicProbe.create(topic, 1);
        database.run("INSERT INTO orders (v) VALUES ('a')");
        Map<String, String> config = Map.of(
                "connector.class",
                "database-to-topic",
                "table",
                "orders",
                "by",
                "id",
                "topic",
                topic,
                "every",
                "100ms");

        assertThat(create("orders", config).statusCode()).isEqualTo(201);

        await().untilAsserted(() -> assertThat(values(topic)).containsExactly("{\"id\":1,\"v\":\"a\"}"));
        for (String path : List.of("", "/config", "/tasks", "/tasks-config", "/status")) {
            assertThat(send("GET", "/connectors/orders" + path, "").body()).doesNotContain("tell-nobody");
        }
        Map<String, String> other = new HashMap<>(config);
        other.put("databasePassword", "{{wadi.database.password}}");
        assertRejected(put("orders", other), 400, "Configuration is not defined: databasePassword");
    }
}
