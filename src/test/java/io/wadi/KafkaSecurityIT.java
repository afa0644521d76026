package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.Ports;
import io.wadi.testing.Certificate;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.SecureKafka;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** A Kafka with TLS and passwords, and the settings that {@code docs/how-to/secure.md} documents for it. */
class KafkaSecurityIT {
    @TempDir
    private static Path directory;

    private static final String PASSWORD = "{{env:KAFKA_PASSWORD}}";

    @AutoClose
    private static SecureKafka kafka;

    @TempDir
    private Path configuration;

    @BeforeAll
    static void start() throws Exception {
        kafka = SecureKafka.start(directory);
    }

    /** Returns the documented lines with this password, because the environment of this process cannot be changed. */
    private static List<String> withPassword(String password) throws Exception {
        return documented().stream()
                .map(line -> line.replace(PASSWORD, password))
                .toList();
    }

    /** Returns the documented lines with this Kafka's address and certificate file. */
    private static List<String> documented() throws Exception {
        return shown().stream()
                .map(line -> line.replace("kafka.example.org:9094", kafka.brokers())
                        .replace("/etc/wadi/kafka-ca.pem", kafka.certificate().toString()))
                .toList();
    }

    private static List<String> shown() throws Exception {
        Matcher block = Pattern.compile("(?s)\n## Kafka with TLS and passwords\n.*?```properties\n(.*?)```")
                .matcher(Files.readString(Path.of("docs/how-to/secure.md")));
        assertThat(block.find()).isTrue();
        assertThat(block.group(1)).contains("kafka.example.org:9094", "/etc/wadi/kafka-ca.pem", PASSWORD);
        return block.group(1).lines().toList();
    }

    /** Writes the shipped properties with these lines, which replace shipped ones of the same name. */
    private void configure(List<String> lines) throws Exception {
        List<String> names = lines.stream()
                .map(line -> line.substring(0, line.indexOf('=') + 1))
                .toList();
        try (Stream<String> shipped = Files.lines(Path.of("application.properties"))) {
            Files.write(
                    configuration.resolve("application.properties"),
                    Stream.concat(shipped.filter(line -> names.stream().noneMatch(line::startsWith)), lines.stream())
                            .toList());
        }
    }

    private void copyOneRoute() throws Exception {
        Path routes = Files.createDirectories(configuration.resolve("routes"));
        Files.copy(Path.of("routes/web-events.camel.yaml"), routes.resolve("web-events.camel.yaml"));
    }

    private static HttpResponse<String> send(RunningWadi wadi) throws Exception {
        return Http.post(
                wadi.eventsUrl() + "/events/select-color",
                "{\"colorName\":\"red\"}".getBytes(UTF_8),
                "Content-Type",
                "application/json");
    }

    /** Sends a value that is no document: landing writes it, and indexing sends a dead letter. */
    private static void sendInvalidDocument(RunningWadi wadi) throws Exception {
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/topics/select-color",
                "{\"records\":[{\"value\":\"no document\"}]}".getBytes(UTF_8),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void assertNotReady(RunningWadi wadi, String... fragments) throws Exception {
        HttpResponse<String> answer = Http.get(wadi.managementUrl() + "/observe/health/ready");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains(fragments);
    }

    /** Runs a command in this JVM, with the settings of the configuration only. */
    private CommandProcess inThisJvm(String... words) {
        return TestedCommand.run(withConfiguration(words).toArray(String[]::new));
    }

    /** Runs a command as a process, with the password in its environment. */
    private CommandProcess command(String... words) throws Exception {
        return CommandProcess.run(
                Map.of(
                        "WADI_HDFS_URI",
                        TestServers.shared().ports().hdfsUri(),
                        "WADI_LANDING_DIRECTORY",
                        "/secure-kafka",
                        "KAFKA_PASSWORD",
                        SecureKafka.PASSWORD),
                withConfiguration(words));
    }

    private List<String> withConfiguration(String... words) {
        return Stream.concat(Stream.of(words), Stream.of("--config", configuration.toString()))
                .toList();
    }

    /** Returns settings that {@link RunningWadi} would set differently, and this test's own directory and index. */
    private static Map<String, String> overrides() {
        return Map.of(
                "wadi.kafka.brokers", kafka.brokers(),
                "wadi.ingest.acknowledgement-timeout", "20s",
                "wadi.landing.directory", "/secure-kafka",
                "wadi.indexing.index", "secure-kafka");
    }

    @Test
    void documentedSettings_applyToEveryClient_andThePasswordIsNotLogged() throws Exception {
        List<String> lines = new ArrayList<>(withPassword(SecureKafka.PASSWORD));
        lines.add("wadi.hdfs.uri=" + TestServers.shared().ports().hdfsUri());
        lines.add("wadi.landing.directory=/secure-kafka");
        configure(lines);
        try (Logged logged = new Logged();
                RunningWadi wadi = RunningWadi.startConfigured(configuration, overrides())) {
            await().untilAsserted(() -> assertThat(send(wadi).statusCode()).isEqualTo(200));
            JsonNode receipt = Http.json(send(wadi)).path("receipts").path(0);
            sendInvalidDocument(wadi);

            // Covers the admin client, which created the topic, the producer, and the consumers of landing and
            // indexing.
            await().untilAsserted(() -> {
                JsonNode found = Http.json(Http.get(wadi.managementUrl()
                        + "/api/follow?topic=select-color&partition=%d&offset=%d"
                                .formatted(
                                        receipt.path("partition").asInt(),
                                        receipt.path("offset").asLong())));
                assertThat(found.at("/landed/file").isTextual()).isTrue();
                assertThat(found.at("/indexed/document").isObject()).isTrue();
            });
            // Covers the transactional producer and the consumer of a command.
            await().untilAsserted(() -> assertThat(inThisJvm("dead-letters").out())
                    .startsWith("1 dead letter\n\n1 in route indexing, of topic select-color, "));
            assertThat(logged.lines()).isNotEmpty().noneMatch(line -> line.contains(SecureKafka.PASSWORD));
        }
        await().untilAsserted(() -> {
            CommandProcess audit = inThisJvm("audit", "select-color");
            assertThat(audit.code()).as(audit.out() + audit.err()).isZero();
        });
    }

    @Test
    void documentedSettings_applyToIngest_withoutARouteOfTheKafkaComponent() throws Exception {
        copyOneRoute();
        configure(withPassword(SecureKafka.PASSWORD));
        try (RunningWadi wadi = RunningWadi.startConfigured(configuration, overrides())) {
            await().untilAsserted(() -> assertThat(send(wadi).statusCode()).isEqualTo(200));
        }
    }

    @Test
    @Nightly(
            perChange = {
                "KafkaSecurityIT#documentedSettings_applyToEveryClient_andThePasswordIsNotLogged",
                "CommandConfigurationTest"
            })
    void documentedSettings_applyToCommands() throws Exception {
        configure(documented());
        Files.writeString(
                configuration.resolve("topics.yaml"), "topics: [{name: secure, partitions: 1, replication: 1}]\n");

        // A busy machine may need longer for the first handshake than a command waits.
        await().untilAsserted(() -> {
            CommandProcess topics = command("topics", "apply");
            assertThat(topics.out() + topics.err()).startsWith("All 1 topics are as declared.");
            assertThat(topics.code()).isZero();
        });
    }

    @Test
    @Nightly(perChange = {"CausesTest", "SilentKafkaTest"})
    void wrongPassword_isReported_andEventsAreRejectedWith503() throws Exception {
        String wrong = "not-the-secret";
        configure(withPassword(wrong));
        try (Logged logged = new Logged();
                RunningWadi wadi = RunningWadi.startConfigured(configuration, overrides())) {
            await().untilAsserted(() -> assertNotReady(
                    wadi,
                    "topics are not ready: SaslAuthenticationException: Authentication failed",
                    "; see camel.component.kafka.sasl-*"));

            assertThat(send(wadi).statusCode()).isEqualTo(503);
            assertThat(logged.lines())
                    .anyMatch(line -> line.matches("Waiting for Kafka at localhost:\\d+ \\(wadi\\.kafka\\.brokers\\): "
                            + "SaslAuthenticationException: Authentication failed.*"))
                    .noneMatch(line -> line.contains(wrong));
        }
        await().untilAsserted(() -> {
            CommandProcess topics = command("topics");
            assertThat(topics.err())
                    .startsWith("Could not check the topics: SaslAuthenticationException: Authentication failed")
                    .endsWith("; see camel.component.kafka.sasl-*\n");
            assertThat(topics.code()).isEqualTo(2);
        });
    }

    @Test
    void untrustedBroker_isReported() throws Exception {
        copyOneRoute();
        Path other = Files.writeString(
                configuration.resolve("other.pem"),
                Certificate.make(configuration, "other", "EC").pem());
        configure(withPassword(SecureKafka.PASSWORD).stream()
                .map(line -> line.replace(kafka.certificate().toString(), other.toString()))
                .toList());
        try (Logged logged = new Logged();
                RunningWadi wadi = RunningWadi.startConfigured(configuration, overrides())) {
            await().untilAsserted(() -> assertNotReady(
                    wadi,
                    "topics are not ready: SslAuthenticationException: SSL handshake failed: ",
                    "unable to find valid certification path",
                    "; see camel.component.kafka.ssl-*"));
            assertThat(logged.lines())
                    .anyMatch(line -> line.matches("Waiting for Kafka at .*: SslAuthenticationException: .*"
                            + "unable to find valid certification path.*; see camel.component.kafka.ssl-\\*.*"));
        }
    }

    /** Kafka's message would reveal where the quoted password ends. */
    @Test
    @Nightly(perChange = "KafkaSecurityIT#documentedSettings_applyToEveryClient_andThePasswordIsNotLogged")
    void passwordWithAQuote_isNotInTheMessage() throws Exception {
        copyOneRoute();
        configure(documented());

        CommandProcess wadi = CommandProcess.run(
                Map.of(
                        "WADI_HTTP_PORT", Integer.toString(Ports.free()),
                        "WADI_MANAGEMENT_PORT", Integer.toString(Ports.free()),
                        "KAFKA_PASSWORD", "a\"quote inside"),
                List.of("--config", configuration.toString()));

        assertThat(wadi.code()).isEqualTo(78);
        assertThat(wadi.err()).startsWith("Wadi cannot start:\n").contains("JAAS config");
        assertThat(wadi.out() + wadi.err()).doesNotContain("quote", "inside");
    }

    @ParameterizedTest
    @Nightly(perChange = "KafkaClientsTest")
    @CsvSource({
        "/etc/wadi/kafka-ca.pem,/nowhere.pem,NoSuchFileException: /nowhere.pem",
        "ScramLoginModule,NoLoginModule,NoLoginModule",
        "SASL_SSL,SASL_TLS,Invalid value SASL_TLS for configuration security.protocol"
    })
    void invalidSettings_failTheStart(String line, String changed, String message) throws Exception {
        copyOneRoute();
        configure(shown().stream()
                .map(each -> each.replace(line, changed)
                        .replace("kafka.example.org", "localhost")
                        .replace("/etc/wadi/kafka-ca.pem", kafka.certificate().toString()))
                .toList());

        CommandProcess wadi = CommandProcess.run(
                Map.of(
                        "WADI_HTTP_PORT", Integer.toString(Ports.free()),
                        "WADI_MANAGEMENT_PORT", Integer.toString(Ports.free()),
                        "KAFKA_PASSWORD", SecureKafka.PASSWORD),
                List.of("--config", configuration.toString()));

        assertThat(wadi.code()).isEqualTo(78);
        assertThat(wadi.err())
                .startsWith("Wadi cannot start:\n  wadi.kafka.brokers=")
                .contains(":9094, camel.component.kafka.*: cannot create a client from these settings: ", message);
    }

    /** Collects all log messages. */
    private static final class Logged implements AutoCloseable {
        private final Queue<String> messages = new ConcurrentLinkedQueue<>();
        private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent event) {
                messages.add(event.getFormattedMessage());
            }
        };

        Logged() {
            appender.start();
            root.addAppender(appender);
        }

        List<String> lines() {
            return List.copyOf(messages);
        }

        @Override
        public void close() {
            root.detachAppender(appender);
        }
    }
}
