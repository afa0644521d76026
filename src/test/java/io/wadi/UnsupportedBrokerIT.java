package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.Ports;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.Nightly;
import io.wadi.testing.OldKafka;
import io.wadi.testing.TestedCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts with a broker of Kafka 3.8, the newest version that is no longer supported. */
@Nightly(perChange = {"BrokerVersionTest", "TopicsOnKafkaIT#brokerVersion_isComparedWithTheBrokersOwnMaximum"})
class UnsupportedBrokerIT {
    private static final String REASON =
            "Kafka is older than 3.9 (metadata.version up to 20, expected 21 or higher): upgrade its brokers";

    @TempDir
    private static Path broker;

    @AutoClose
    private static OldKafka kafka;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        kafka = OldKafka.startUnsupported(broker);
    }

    @Test
    void pipeline_endsWithTheCodeOfAnInvalidSetting() throws Exception {
        Path routes = Files.createDirectories(directory.resolve("routes"));
        for (String route : List.of("web-events.camel.yaml", "errors.camel.yaml")) {
            Files.copy(Path.of("routes", route), routes.resolve(route));
        }
        Map<String, String> environment = Map.of(
                "WADI_KAFKA_BROKERS", kafka.brokers(),
                "WADI_HTTP_PORT", Integer.toString(Ports.free()),
                "WADI_MANAGEMENT_PORT", Integer.toString(Ports.free()),
                "WADI_ALERTS_ENABLED", "false",
                "WADI_HOST_METRICS_ENABLED", "false");

        CommandProcess wadi = CommandProcess.run(environment, List.of("--config", directory.toString()));

        assertThat(wadi.err())
                .isEqualTo("Wadi cannot start:\n  wadi.kafka.brokers=%s: %s\n".formatted(kafka.brokers(), REASON));
        assertThat(wadi.code()).isEqualTo(78);
    }

    @Test
    void command_failsWithTheReason() throws Exception {
        TestedCommand groups = new TestedCommand("groups", directory, Map.of("wadi.kafka.brokers", kafka.brokers()));

        CommandProcess ended = groups.inThisJvm("list");

        assertThat(ended.err()).isEqualTo("wadi.kafka.brokers=%s: %s\n".formatted(kafka.brokers(), REASON));
        assertThat(ended.code()).isEqualTo(2);
    }

    @Test
    void connectWorker_isNotStarted() throws Exception {
        Path worker = Files.writeString(
                directory.resolve("worker.properties"),
                Files.readString(Path.of("examples/connectors/distributed.properties"))
                        .replace("localhost:9092", kafka.brokers())
                        .replace("localhost:8083", "localhost:" + Ports.free())
                        .replace("examples/connectors/target/plugins", directory.toString()));

        CommandProcess ended = CommandProcess.run(Map.of(), List.of("connect", worker.toString()));

        assertThat(ended.err()).isEqualTo("%s: bootstrap.servers=%s: %s\n".formatted(worker, kafka.brokers(), REASON));
        assertThat(ended.code()).isEqualTo(2);
    }
}
