package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.SettingsException;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams files in the pipeline, on real Kafka. */
class StreamsOnKafkaIT {
    /** About an hour ago, a multiple of 100 seconds. */
    private static final long HOUR_AGO = System.currentTimeMillis() / 100_000 * 100_000 - 3_600_000;

    @TempDir
    private Path directory;

    private String name;

    @AutoClose
    private RunningWadi wadi;

    @BeforeEach
    void name(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
    }

    private String topic(String of) {
        return name + "." + of;
    }

    private void write(String file) throws Exception {
        Path streams = Files.createDirectories(directory.resolve("streams"));
        Files.writeString(streams.resolve(name + ".yaml"), file.replace("TOPIC", name));
    }

    /** Starts a pipeline with the topologies and the error handling only. */
    private void start() throws Exception {
        wadi = RunningWadi.startRoutes(
                directory,
                List.of(),
                Map.of(
                        "wadi.streams.files",
                        "*",
                        "wadi.streams.state-directory",
                        directory.resolve("state").toString()));
    }

    @Test
    void counts_continueAfterARestart_andInvalidRecordsAreDeadLetters() throws Exception {
        TopicProbe.create(topic("in"), 2);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: {topic: TOPIC.in, value: json}
                steps:
                  - select-key: {jsonpath: $.colour}
                  - count: true
                to: TOPIC.out
                """);
        start();
        send("in", "a", "{\"colour\":\"red\"}", "{\"colour\":\"blue\"}", "{\"colour\":", "{\"colour\":\"red\"}");
        await().untilAsserted(() -> assertThat(last("red")).isEqualTo("2"));
        await().until(() -> last("blue").equals("1"));
        wadi.close();

        send("in", "b", "{\"colour\":\"red\"}");
        start();
        await().untilAsserted(() -> assertThat(last("red")).isEqualTo("3"));

        assertThat(deadLetters()).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.value()).isEqualTo("{\"colour\":".getBytes(UTF_8));
            assertThat(deadLetter.key()).isEqualTo("a".getBytes(UTF_8));
        });
        assertThat(Http.get(wadi.managementUrl() + "/connectors").body()).contains("streams-" + name);
    }

    /** The count would be read as the sum. */
    @Test
    void changedOrderOfAggregatesWhileStopped_isRejected_untilTheStateIsReset() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        String file = """
                from: {topic: TOPIC.in, value: json}
                steps:
                  - aggregate: {%s}
                to: {topic: TOPIC.out, value: json}
                """;
        write(file.formatted("n: {count: true}, all: {sum: {jq: .}}"));
        start();
        send("in", "a", "10");
        await().untilAsserted(() -> assertThat(last("a")).isEqualTo("{\"n\":1,\"all\":10}"));
        wadi.close();

        write(file.formatted("all: {sum: {jq: .}}, n: {count: true}"));
        start();
        await().untilAsserted(() -> assertThat(
                        Http.get(wadi.managementUrl() + "/observe/health").body())
                .contains(name + ".yaml line 3: main-1 is sum sum (jq .), count of records of")
                .contains("but the existing state is count, sum sum (jq .) of records of")
                .contains("wadi streams reset %s --apply".formatted(name)));

        TestedCommand streams = TestedCommand.onServers(
                "streams",
                directory,
                Map.of(
                        "wadi.streams.state-directory",
                        directory.resolve("state").toString()));
        assertThat(streams.inThisJvm("reset", name, "--apply").out())
                .contains("topic wadi-%s-state.layout-changelog: deleted".formatted(name));
        await().untilAsserted(() -> assertThat(last("a")).isEqualTo("{\"all\":10,\"n\":1}"));
    }

    @Test
    void recordTooLargeWithItsNewKey_isADeadLetter_andTheNextIsProcessed() throws Exception {
        assertThatALargeKeyIsADeadLetter();
    }

    /** Internal topics that a former version created have the broker's default limit. */
    @Test
    @Nightly(perChange = {"StreamsOnKafkaIT#recordTooLargeWithItsNewKey_isADeadLetter_andTheNextIsProcessed"})
    void existingInternalTopics_getTheLimitsOfNewOnes() throws Exception {
        TopicProbe.create(
                "wadi-" + name + "-main-1-repartition", 1, Map.of("message.timestamp.before.max.ms", "3600000"));
        assertThatALargeKeyIsADeadLetter();

        long old = System.currentTimeMillis() - Duration.ofDays(2).toMillis();
        KafkaProbe.send(new ProducerRecord<>(
                topic("in"), null, old, "a".getBytes(UTF_8), "{\"user\":\"late\"}".getBytes(UTF_8)));
        await().until(() -> last("late").equals("{\"user\":\"late\"}"));
    }

    private void assertThatALargeKeyIsADeadLetter() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: {topic: TOPIC.in, value: json}
                steps:
                  - select-key: {jsonpath: $.user}
                  - repartition: {partitions: 1}
                to: TOPIC.out
                """);
        byte[] random = new byte[750_000];
        new Random(1).nextBytes(random);
        String text = Base64.getEncoder().encodeToString(random);
        String large =
                "{\"user\":\"%s\",\"pad\":\"%s\"}".formatted(text.substring(0, 100_000), text.substring(100_000));
        send("in", "a", large, "{\"user\":\"small\"}");
        start();

        await().until(() -> last("small").equals("{\"user\":\"small\"}"));
        // The dead letter is the record of the internal topic, where a value begins with its type.
        assertThat(deadLetters())
                .singleElement()
                .satisfies(deadLetter ->
                        assertThat(new String(deadLetter.value(), UTF_8)).endsWith(large));
    }

    /**
     * The slow records are in one transaction, because the number of records per transaction has grown with the fast
     * ones.
     */
    @Test
    @Nightly(because = "needs records that together take longer than the timeout of their transaction")
    void slowRecordsAfterFastOnes_areProcessed_thoughKafkaAbortsTheirTransaction() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: {topic: TOPIC.in, value: json}
                steps:
                  - map: {jq: 'reduce .[] as $each ([]; . + [$each]) | length'}
                to: TOPIC.out
                """);
        byte[] slow = ("[" + "1,".repeat(21_999) + "1]").getBytes(UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int i = 0; i < 20_040; i++) {
                producer.send(new ProducerRecord<>(topic("in"), i < 20_000 ? "[1]".getBytes(UTF_8) : slow));
            }
        }
        start();

        await().atMost(Duration.ofMinutes(5))
                .until(() -> KafkaProbe.readAll(topic("out")).stream()
                                .filter(record -> new String(record.value(), UTF_8).equals("22000"))
                                .count()
                        == 40);
        assertThat(KafkaProbe.readAll(topic("out"))).hasSize(20_040);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    @Nightly(
            perChange = {
                "PeriodicEmissionTest#changes_areEmittedOnce_withTheLatestValueAndTimePerKey",
                "StreamsOnKafkaIT#counts_continueAfterARestart_andInvalidRecordsAreDeadLetters"
            })
    void unemittedChanges_areEmittedOnceAfterARestart() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        String file = """
                from: TOPIC.in
                steps:
                  - every: {wall-clock: INTERVAL}
                to: TOPIC.out
                """;
        write(file.replace("INTERVAL", "1d"));
        start();
        send("in", "a", "1", "2");
        await().untilAsserted(() -> assertThat(KafkaProbe.readAll("wadi-" + name + "-main.every-1-changelog"))
                .hasSize(2));
        wadi.close();
        assertThat(KafkaProbe.readAll(topic("out"))).isEmpty();

        write(file.replace("INTERVAL", "200ms"));
        start();
        await().until(() -> last("a").equals("2"));
        send("in", "b", "1");
        await().until(() -> last("b").equals("1"));

        assertThat(KafkaProbe.readAll(topic("out"))).hasSize(2);
        assertThat(deadLetters()).isEmpty();
    }

    /** The state of a window is deleted once it has closed: the late record would be the only one of its window. */
    @ParameterizedTest
    @ValueSource(strings = {"tumbling: 10s, emit: final", "tumbling: 10s", "session: 8s, emit: final"})
    void lateRecordAfterARestart_doesNotChangeTheResultOfAClosedWindow(String window) throws Exception {
        name += window.replaceAll("\\W", "");
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: TOPIC.in
                steps:
                  - window: {%s, grace: 1s}
                  - count: true
                  - map: {jq: '[$windowStart %% 100000, .]'}
                to: TOPIC.out
                """.formatted(window));
        start();
        sendAtSeconds(0, 1, 2, 20, 21);
        await().untilAsserted(() -> assertThat(results()).contains("[0,3]"));
        wadi.close();

        start();
        sendAtSeconds(5, 22, 40, 60);
        await().untilAsserted(() -> assertThat(results()).contains("[20000,3]", "[40000,1]"));

        assertThat(results())
                .filteredOn(result -> result.startsWith("[0,") || result.startsWith("[5000,"))
                .last()
                .isEqualTo("[0,3]");
    }

    private void sendAtSeconds(int... seconds) throws Exception {
        for (int second : seconds) {
            KafkaProbe.send(new ProducerRecord<>(
                    topic("in"), null, HOUR_AGO + second * 1000L, "a".getBytes(UTF_8), "x".getBytes(UTF_8)));
        }
    }

    private List<String> results() {
        return KafkaProbe.readAll(topic("out")).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    @Test
    void topicsWithDifferentPartitionCounts_areReported_andAwaited() throws Exception {
        TopicProbe.create(topic("orders"), 3);
        TopicProbe.create(topic("addresses"), 2);
        TopicProbe.create(topic("out"), 1);
        write("""
                tables: {address: {topic: TOPIC.addresses}}
                from: TOPIC.orders
                steps:
                  - join: address
                  - map: {simple: "${body} send to ${variable.address}"}
                to: TOPIC.out
                """);
        start();

        await().untilAsserted(() -> assertThat(
                        Http.get(wadi.managementUrl() + "/observe/health").body())
                .contains("line 4: join: %s has 3 partitions, %s (table address) has 2: records with the same key"
                        .formatted(topic("orders"), topic("addresses"))));

        TopicProbe.grow(topic("addresses"), 3);
        send("addresses", "alice", "Seoul");
        await().untilAsserted(() -> {
            send("orders", "alice", "iPhone");
            assertThat(last("alice")).isEqualTo("iPhone send to Seoul");
        });
    }

    @Test
    @Nightly(
            perChange = {
                "BeanTopologyTest",
                "ExamplesTest#deadLetter_isTheOriginalRecord",
                "ExamplesTest#logFilter_inJava_behavesTheSame"
            })
    void topologyBean_runsLikeAFile_andFailedRecordsAreDeadLetters() throws Exception {
        TopicProbe.create("bean.in", 1);
        TopicProbe.create("bean.out", 1);
        write("topology: {bean: longer}");
        start();
        await().untilAsserted(() -> assertThat(
                        Http.get(wadi.managementUrl() + "/observe/health").body())
                .contains("topology: there is no bean longer that is a java.util.function.Supplier"));
        wadi.close();

        Files.writeString(
                directory.resolve("routes/beans.camel.yaml"),
                "- beans: [{name: longer, type: %s}]\n".formatted(LongerThanFive.class.getName()));
        start();
        for (String value : List.of("hello", LongerThanFive.POISON, "hello world")) {
            KafkaProbe.send(new ProducerRecord<>("bean.in", null, value.getBytes(UTF_8)));
        }

        await().untilAsserted(() -> assertThat(KafkaProbe.readAll("bean.out"))
                .extracting(record -> new String(record.value(), UTF_8))
                .containsExactly("hello world"));
        assertThat(deadLetters()).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.value()).isEqualTo(LongerThanFive.POISON.getBytes(UTF_8));
            assertThat(KafkaProbe.header(deadLetter, "__connect.errors.offset")).isEqualTo("1");
        });
    }

    @Test
    @Nightly(perChange = {"ExamplesTest"})
    void examples_runTogether_onTheTopicsCreatedByUp() throws Exception {
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                TestServers.shared().ports().kafkaBrokers()))) {
            // Fails until the broker has the metadata of the created topics.
            await().ignoreException(KafkaException.class)
                    .untilAsserted(
                            () -> assertThat(Topics.read("examples/topics.yaml").apply(admin))
                                    .isEmpty());
        }
        KafkaProbe.send(new ProducerRecord<>("address", "ann".getBytes(UTF_8), "Seoul".getBytes(UTF_8)));
        wadi = RunningWadi.start(Map.of(
                "wadi.streams.directory",
                "examples/streams",
                "wadi.streams.files",
                "*",
                "wadi.streams.state-directory",
                directory.resolve("state").toString()));

        List<String> examples = ExamplesTest.files().stream()
                .map(file -> "wadi-streams-" + file.getFileName().toString().replace(".yaml", ""))
                .toList();
        assertThat(examples).hasSizeGreaterThanOrEqualTo(10);
        await().untilAsserted(() -> assertThat(checksThatAreUp()).containsAll(examples));
        KafkaProbe.send(new ProducerRecord<>("order", "ann".getBytes(UTF_8), "a book".getBytes(UTF_8)));
        await().untilAsserted(() -> assertThat(KafkaProbe.readAll("order_join"))
                .extracting(record -> new String(record.value(), UTF_8))
                .containsExactly("a book send to Seoul"));
    }

    private List<String> checksThatAreUp() throws Exception {
        List<String> up = new ArrayList<>();
        Http.json(Http.get(wadi.managementUrl() + "/observe/health?data=true"))
                .path("checks")
                .forEach(check -> {
                    if (check.path("status").asText().equals("UP")) {
                        up.add(check.path("name").asText());
                    }
                });
        return up;
    }

    @Test
    void fileWithMistakes_failsTheStart() throws Exception {
        write("{from: a, too: b}");

        assertThatThrownBy(this::start)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("streams/" + name + ".yaml line 1, column 1: to is missing")
                .hasMessageContaining("streams/" + name + ".yaml line 1, column 11: too: unknown field");
    }

    private void send(String topic, String key, String... values) throws Exception {
        for (String value : values) {
            KafkaProbe.send(new ProducerRecord<>(topic(topic), key.getBytes(UTF_8), value.getBytes(UTF_8)));
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return KafkaProbe.read(
                "wadi.dead-letter",
                deadLetter ->
                        ("streams-" + name).equals(KafkaProbe.header(deadLetter, "__connect.errors.connector.name")));
    }

    /** Returns the last value of a key in the topic out, or an empty string. */
    private String last(String key) {
        List<ConsumerRecord<byte[], byte[]>> all =
                KafkaProbe.read(topic("out"), record -> key.equals(new String(record.key(), UTF_8)));
        return all.isEmpty() ? "" : new String(all.get(all.size() - 1).value(), UTF_8);
    }
}
