package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.Ports;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.Nightly;
import io.wadi.testing.TopicProbe;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code wadi connect} with a worker that cannot start: the reason is one line. */
class ConnectWorkerErrorsIT {
    @TempDir
    private Path directory;

    private final String name = "connect-" + UUID.randomUUID();
    private final int rest = Ports.free();
    private ConnectExample example;

    @BeforeEach
    void createExample() {
        example = new ConnectExample(directory, name, rest);
    }

    private CommandProcess run(Path... files) throws Exception {
        return CommandProcess.run(Map.of(), ConnectExample.arguments(files));
    }

    @ParameterizedTest
    @Nightly(perChange = "ConnectWorkerErrorsIT#missingRequiredSetting_isReported")
    @CsvSource(
            delimiter = '|',
            value = {
                "standalone.properties | offset.flush.intervall.ms=1 | FILE: offset.flush.intervall.ms: unknown setting, which the"
                        + " worker would ignore; did you mean offset.flush.interval.ms?",
                "standalone.properties | producer.ack=all | FILE: producer.ack: unknown setting, which the worker would ignore;"
                        + " did you mean producer.acks?",
                "standalone.properties | plugin.path=/none | FILE: plugin.path=/none: expected directories that can be read: /none",
                "standalone.properties | key.converter=example.None | The Connect worker failed: Invalid value example.None for"
                        + " configuration key.converter: Class example.None could not be found.",
                "distributed.properties | offset.storage.topic= | The Connect worker failed: Offset storage topic must be"
                        + " specified",
                "distributed.properties | exactly.once.source.support=yes | The Connect worker failed: Invalid value yes for"
                        + " configuration exactly.once.source.support: String must be one of (case insensitive): DISABLED, ENABLED, PREPARING"
            })
    void invalidWorker_isNotStarted_andTheReasonIsOneLine(String file, String setting, String reason) throws Exception {
        Path worker = example.worker(file, setting);

        CommandProcess ended = run(worker);

        assertThat(ended.err()).startsWith(reason.replace("FILE", worker.toString()));
        assertNotStarted(ended);
    }

    private static void assertNotStarted(CommandProcess ended) {
        assertThat(ended.err()).hasLineCount(1);
        assertThat(ended.out()).doesNotContain("Exception", "\tat ");
        assertThat(ended.code()).isEqualTo(2);
    }

    @Test
    void missingRequiredSetting_isReported() throws Exception {
        Path worker = example.worker("distributed.properties");
        Files.write(
                worker,
                Files.readAllLines(worker).stream()
                        .filter(line -> !line.startsWith("config.storage.topic"))
                        .toList());

        CommandProcess ended = run(worker);

        assertThat(ended.err())
                .isEqualTo(
                        "The Connect worker failed: Missing required configuration \"config.storage.topic\" which has"
                                + " no default value.\n");
        assertNotStarted(ended);
    }

    @Test
    @Nightly(perChange = "ConnectWorkerErrorsIT#missingRequiredSetting_isReported")
    void missingOrMismatchedFiles_areReported() throws Exception {
        Path none = directory.resolve("none.properties");
        CommandProcess noWorker = run(none);
        CommandProcess noConnector = run(example.worker("standalone.properties"), none);
        Path distributed = example.worker("distributed.properties");
        CommandProcess ofDistributed = run(distributed, example.fileSource());

        assertThat(noWorker.err()).startsWith(none + ": reading failed: ");
        assertNotStarted(noWorker);
        assertThat(noConnector.err()).isEqualTo(none + ": no such file, or it cannot be read\n");
        assertNotStarted(noConnector);
        assertThat(ofDistributed.err())
                .startsWith("The Connect worker failed: " + distributed
                        + " has a group.id: a distributed worker receives its connectors over its REST API");
        assertNotStarted(ofDistributed);
    }

    @Test
    @Nightly(perChange = "ConnectWorkerErrorsIT#missingRequiredSetting_isReported")
    void unreachableBroker_isReported() throws Exception {
        Path worker = example.worker("standalone.properties", "default.api.timeout.ms=2000", "request.timeout.ms=1000");
        Files.writeString(
                worker, Files.readString(worker).replace(ConnectExample.brokers(), "localhost:" + Ports.free()));

        CommandProcess ended = run(worker);

        assertThat(ended.err())
                .startsWith("The Connect worker failed: Failed to connect to and describe Kafka cluster. ");
        assertNotStarted(ended);
    }

    @Test
    @Nightly(perChange = "ConnectWorkerErrorsIT#missingRequiredSetting_isReported")
    void portInUse_isReported() throws Exception {
        Path worker = example.worker("standalone.properties");
        try (ServerSocket taken = new ServerSocket(rest)) {
            CommandProcess ended = run(worker);

            assertThat(ended.err())
                    .startsWith("The Connect worker failed: Unable to initialize REST server: Failed to bind to ")
                    .contains(":" + taken.getLocalPort() + ": Address already in use");
            assertNotStarted(ended);
        }
    }

    @Test
    @Nightly(perChange = "ConnectWorkerErrorsIT#missingRequiredSetting_isReported")
    void invalidOrUnloadableConnectors_areReported() throws Exception {
        Path worker = example.worker("standalone.properties");
        Files.writeString(example.plugins().resolve("broken.jar"), "no jar");
        Path unknown = example.file("unknown.properties", "name=unknown", "connector.class=example.None");
        Path invalid = example.file("invalid.properties", "name=invalid", "connector.class=FileStreamSource");

        CommandProcess notLoaded = run(worker, unknown);
        CommandProcess notValid = run(worker, invalid);

        assertThat(notLoaded.err())
                .startsWith(
                        "The Connect worker failed: Failed to find any class that implements Connector and which name"
                                + " matches example.None");
        assertNotStarted(notLoaded);
        assertThat(notValid.err())
                .contains("Connector configuration is invalid and contains the following 1 error(s): ")
                .contains("Missing required configuration \"topic\"");
        assertNotStarted(notValid);
    }

    /** Connect detects this only after its start. */
    @Test
    @Nightly(perChange = "ConnectWorkerErrorsIT#missingRequiredSetting_isReported")
    void storageTopicWithoutCompaction_stopsTheWorker() throws Exception {
        TopicProbe.create(name + "-offsets", 1, Map.of("cleanup.policy", "delete"));

        CommandProcess ended = run(example.worker("distributed.properties"));

        assertThat(ended.err())
                .startsWith("The Connect worker failed: Topic '" + name + "-offsets'")
                .contains("cleanup.policy=compact")
                .hasLineCount(1);
        assertThat(ended.code()).isEqualTo(1);
    }
}
