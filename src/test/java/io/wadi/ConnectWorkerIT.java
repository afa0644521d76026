package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.ChildJvm;
import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.OldKafka;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code wadi connect}: workers in separate processes, on a real broker, with the files of {@code examples/connectors}.
 * {@link ConnectWorkerErrorsIT} checks what prevents their start.
 */
class ConnectWorkerIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final String name = "connect-" + UUID.randomUUID();
    private final int rest = Ports.free();
    private ConnectExample example;

    @BeforeEach
    void createExample() {
        example = new ConnectExample(directory, name, rest);
    }

    private void appendLines(int first, int end) throws IOException {
        Files.write(
                example.input(),
                IntStream.range(first, end).mapToObj(line -> "line " + line).toList(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Waits until the output file has all appended lines, once and in order; the topic has as many records. */
    private void awaitCopied(Worker process, int lines) throws IOException {
        process.await(
                "copied lines",
                () -> Files.exists(example.output())
                        && Files.readAllLines(example.output()).size() >= lines);
        assertThat(Files.readAllLines(example.output()))
                .isEqualTo(Files.readAllLines(example.input()))
                .hasSize(lines);
        assertThat(KafkaProbe.readAll(name)).hasSize(lines);
    }

    /** A worker in its own JVM. */
    private record Worker(ChildProcess child, Path log) implements AutoCloseable {
        static Worker start(List<String> command, Path log) throws IOException {
            return new Worker(ChildProcess.start(command, Path.of("."), log), log);
        }

        void await(String what, Callable<Boolean> condition) throws IOException {
            child.awaitReady(what, log, condition);
        }

        /** Stops the worker as Ctrl-C or {@code docker stop} does. */
        void stopInOrder() throws IOException {
            child.requestStop();
            assertThat(child.waitFor(ChildJvm.START_TIMEOUT)).isTrue();
            assertThat(child.exitCode()).as(Files.readString(log)).isZero();
            assertThat(log)
                    .content()
                    .contains("Kafka Connect stopped")
                    .doesNotContain("Exception in thread", " ERROR ");
        }

        @Override
        public void close() {
            child.kill();
        }
    }

    private Worker start(Path... files) throws IOException {
        return Worker.start(
                ChildJvm.command("io.wadi.Launch", List.of("-Xmx256m"), ConnectExample.arguments(files)),
                directory.resolve("log"));
    }

    private String url(String path) {
        return "http://localhost:" + rest + path;
    }

    private JsonNode get(String path) throws Exception {
        return Http.json(Http.get(url(path)));
    }

    private HttpResponse<String> create(Object connector) throws Exception {
        return Http.post(url("/connectors"), JSON.writeValueAsBytes(connector), "Content-Type", "application/json");
    }

    private void awaitRest(Worker process) throws IOException {
        process.await("REST server", () -> Http.get(url("/connectors")).statusCode() == 200);
    }

    private void awaitRunning(Worker process, String connector) throws IOException {
        process.await(connector, () -> {
            JsonNode status = get("/connectors/" + connector + "/status");
            return status.at("/connector/state").asText().equals("RUNNING")
                    && status.at("/tasks/0/state").asText().equals("RUNNING");
        });
    }

    @Test
    void standalone_copiesAFileThroughATopicIntoAFile_andContinuesAfterItsRestart() throws Exception {
        Path worker = example.worker("files.properties");
        appendLines(0, 1_000);
        try (Worker process = start(worker, example.fileSource(), example.fileSink())) {
            awaitCopied(process, 1_000);
            assertThat(get("/connectors")).hasSize(2);
            process.stopInOrder();
        }

        appendLines(1_000, 1_500);
        try (Worker process = start(worker, example.fileSource(), example.fileSink())) {
            awaitCopied(process, 1_500);
            process.stopInOrder();
        }
    }

    @Test
    @Nightly(because = "two starts of a distributed Connect worker")
    void distributed_keepsConnectorsAndOffsets_acrossARestart() throws Exception {
        TopicProbe.create(name, 1);
        Path worker = example.worker(
                "distributed.properties", "value.converter=org.apache.kafka.connect.storage.StringConverter");
        appendLines(0, 1_000);
        try (Worker process = start(worker)) {
            awaitRest(process);
            Map<String, String> source = Map.of(
                    "connector.class",
                    "FileStreamSource",
                    "file",
                    example.input().toString(),
                    "topic",
                    name);
            Map<String, String> sink = Map.of(
                    "connector.class",
                    "FileStreamSink",
                    "file",
                    example.output().toString(),
                    "topics",
                    name);
            assertThat(create(Map.of("name", "source", "config", source)).statusCode())
                    .isEqualTo(201);
            assertThat(create(Map.of("name", "sink", "config", sink)).statusCode())
                    .isEqualTo(201);
            awaitCopied(process, 1_000);

            HttpResponse<String> unknown =
                    create(Map.of("name", "none", "config", Map.of("connector.class", "example.None")));
            assertThat(unknown.statusCode()).isEqualTo(400);
            assertThat(unknown.body()).contains("Failed to find any class").contains("example.None");
            process.stopInOrder();
        }

        appendLines(1_000, 1_500);
        try (Worker process = start(worker)) {
            awaitRest(process);
            awaitRunning(process, "source");
            awaitCopied(process, 1_500);
            assertThat(get("/connectors")).hasSize(2);
            assertThat(committed()).isBetween(1_000L, 1_500L);
            process.stopInOrder();
        }
    }

    /** Returns the offset of this test's topic: connectors of other tests have the same group. */
    private long committed() throws Exception {
        for (JsonNode each : get("/connectors/sink/offsets").path("offsets")) {
            if (each.at("/partition/kafka_topic").asText().equals(name)) {
                return each.at("/offset/kafka_offset").asLong();
            }
        }
        throw new AssertionError("no committed offset of " + name);
    }

    @Test
    @Nightly(because = "two Connect workers of one group")
    void killedWorker_tasksMoveToAnotherWorker() throws Exception {
        TopicProbe.create(name, 1);
        appendLines(0, 100);
        Map<Integer, Worker> workers = new HashMap<>();
        try {
            for (int port : List.of(rest, Ports.free())) {
                Path worker = example.worker(
                        "distributed.properties",
                        "scheduled.rebalance.max.delay.ms=1000",
                        "session.timeout.ms=6000",
                        "heartbeat.interval.ms=1000",
                        "listeners=http://localhost:" + port);
                workers.put(port, start(worker));
                workers.get(port)
                        .await(
                                "REST server",
                                () -> Http.get("http://localhost:" + port + "/connectors")
                                                .statusCode()
                                        == 200);
            }
            Map<String, String> source = Map.of(
                    "connector.class",
                    "FileStreamSource",
                    "file",
                    example.input().toString(),
                    "topic",
                    name);
            assertThat(create(Map.of("name", "source", "config", source)).statusCode())
                    .isEqualTo(201);
            awaitRunning(workers.get(rest), "source");
            String holder =
                    get("/connectors/source/status").at("/tasks/0/worker_id").asText();

            workers.remove(Integer.parseInt(holder.replaceFirst(".*:", ""))).close();
            appendLines(100, 200);

            workers.values()
                    .iterator()
                    .next()
                    .await("the lines after the kill", () -> values().contains("\"line 199\""));
            assertThat(values())
                    .containsAll(Files.readAllLines(example.input()).stream()
                            .map(line -> '"' + line + '"')
                            .toList());
        } finally {
            workers.values().forEach(Worker::close);
        }
    }

    /** Uses the shipped jar, because plugins are found by service files that the build merges from all libraries. */
    @Test
    @Nightly(because = "two starts of a Connect worker with the jar of the example")
    void exampleConnectors_areLoadedFromThePluginPath_andWriteEachRecordOnceAfterAKill() throws Exception {
        buildExample();
        Path worker = example.worker("standalone.properties");
        Path written = directory.resolve("written");
        String source = Files.readString(ConnectExample.SOURCES.resolve("numbers.properties"))
                .replace("topic=numbers", "topic=" + name);
        String sink = Files.readString(ConnectExample.SOURCES.resolve("text-files.json"))
                .replace("\"numbers\"", '"' + name + '"')
                .replace("/tmp/wadi-numbers", written.toString());
        List<String> command = ChildJvm.jvm();
        command.addAll(List.of("-Xmx256m", "-jar", "target/wadi.jar"));
        command.addAll(ConnectExample.arguments(
                worker, example.file("numbers.properties", source), example.file("text-files.json", sink)));
        try (Worker process = Worker.start(command, directory.resolve("log"))) {
            process.await("numbers", () -> lines(written).size() >= 3_000);
            JsonNode plugins = get("/connector-plugins");
            assertThat(plugins.findValuesAsText("class"))
                    .contains(
                            "example.NumbersSourceConnector",
                            "example.TextFilesSinkConnector",
                            "org.apache.kafka.connect.file.FileStreamSourceConnector",
                            "org.apache.kafka.connect.mirror.MirrorSourceConnector");
            assertThat(get("/connectors/numbers/tasks")).hasSize(2);
        }

        String more = source.replace("count=1000", "count=1500");
        example.file("numbers.properties", more);
        try (Worker process = Worker.start(command, directory.resolve("log"))) {
            process.await(
                    "more numbers",
                    () -> lines(written).stream()
                                    .filter(line -> line.endsWith(" 1500"))
                                    .count()
                            == 3);
            process.stopInOrder();
        }
        List<String> records = KafkaProbe.readAll(name).stream()
                .map(each -> "%s-%d.txt %d %s".formatted(name, each.partition(), each.offset(), text(each.value())))
                .toList();
        assertThat(lines(written)).hasSameElementsAs(records).hasSameSizeAs(records);
        assertThat(records.stream().map(each -> each.replaceFirst(".* ", "")).distinct())
                .hasSize(1_500);
    }

    private List<String> values() {
        return KafkaProbe.readAll(name).stream().map(each -> text(each.value())).toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    /** Returns the lines of all files of a directory, each after the name of its file. */
    private static List<String> lines(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.readAllLines(file).forEach(line -> lines.add(file.getFileName() + " " + line));
                }
            }
        }
        return lines;
    }

    /** Builds the jar of the example, as Maven would, in the plugin directory. */
    private void buildExample() throws IOException {
        Path classes = Files.createDirectories(directory.resolve("classes"));
        List<String> options = new ArrayList<>(List.of(
                "--release",
                "17",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString()));
        try (Stream<Path> sources = Files.list(ConnectExample.SOURCES.resolve("src/main/java/example"))) {
            sources.map(Path::toString).forEach(options::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new)))
                .isZero();
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(example.plugins().resolve("example-connectors.jar")))) {
            for (Path root : List.of(classes, ConnectExample.SOURCES.resolve("src/main/resources"))) {
                try (Stream<Path> files = Files.walk(root)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        jar.putNextEntry(new JarEntry(root.relativize(file).toString()));
                        Files.copy(file, jar);
                    }
                }
            }
        }
    }

    @Test
    @Nightly(because = "a broker of Kafka 3.9")
    void oldestSupportedBroker_works() throws Exception {
        try (OldKafka kafka = OldKafka.start(Files.createDirectories(directory.resolve("kafka")))) {
            Path worker = Files.writeString(
                    example.worker("distributed.properties"),
                    Files.readString(example.worker("distributed.properties"))
                            .replace(ConnectExample.brokers(), kafka.brokers()));
            try (Worker process = start(worker)) {
                awaitRest(process);
                appendLines(0, 100);
                assertThat(create(Map.of(
                                        "name",
                                        "source",
                                        "config",
                                        Map.of(
                                                "connector.class", "FileStreamSource",
                                                "file", example.input().toString(),
                                                "topic", name,
                                                "topic.creation.default.partitions", "1",
                                                "topic.creation.default.replication.factor", "1")))
                                .statusCode())
                        .isEqualTo(201);
                process.await("lines", () -> hasLines(kafka, 100));
                process.stopInOrder();
            }
        }
    }

    private boolean hasLines(OldKafka kafka, long lines) throws InterruptedException {
        try {
            return TopicProbe.ends(kafka.brokers(), name).equals(Map.of(new TopicPartition(name, 0), lines));
        } catch (ExecutionException e) {
            // The worker has not created the topic yet.
            return false;
        }
    }
}
