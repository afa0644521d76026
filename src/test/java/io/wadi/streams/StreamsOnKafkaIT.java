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
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** Streams files, topology beans and the examples in the pipeline, on real Kafka. */
class StreamsOnKafkaIT extends StreamsTestSupport {
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
}
