package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts, aggregates, emissions and windows across restarts, on real Kafka. */
class StreamsRestartIT extends StreamsTestSupport {
    /** About an hour ago, a multiple of 100 seconds. */
    private static final long HOUR_AGO = System.currentTimeMillis() / 100_000 * 100_000 - 3_600_000;

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
    @Nightly(
            perChange = {
                "PeriodicEmissionTest#changes_areEmittedOnce_withTheLatestValueAndTimePerKey",
                "StreamsRestartIT#counts_continueAfterARestart_andInvalidRecordsAreDeadLetters"
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

    /** The restored result has the location of a record, but not its content: a replay would add it to the topic. */
    @Test
    @Nightly(perChange = "ProcessorFailuresTest#emittedResultForWhichAProcessorFails_isADeadLetterWithItsValueAsJson")
    void restoredResultForWhichAProcessorFails_isADeadLetterWithoutALocation() throws Exception {
        TopicProbe.create(topic("in"), 1);
        TopicProbe.create(topic("out"), 1);
        write("""
                from: TOPIC.in
                steps:
                  - window: {tumbling: 10s, grace: 1s, emit: final}
                  - count: true
                  - process: {class: %s}
                to: TOPIC.out
                """.formatted(FailingProcessor.class.getName()));
        start();
        sendAtSeconds(0);
        await().until(() ->
                KafkaProbe.readAll("wadi-" + name + "-main-1-changelog").size() > 0);
        wadi.close();

        start();
        sendAtSeconds(60);
        await().until(() -> !deadLetters().isEmpty());
        assertThat(deadLetters()).singleElement().satisfies(deadLetter -> {
            assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo("1");
            assertThat(new String(deadLetter.key(), UTF_8)).isEqualTo("a");
            assertThat(KafkaProbe.header(deadLetter, "__connect.errors.topic")).isEmpty();
        });
    }

    /** Fails for each record. */
    public static final class FailingProcessor implements ProcessorSupplier<Object, Object, Object, Object> {
        @Override
        public Processor<Object, Object, Object, Object> get() {
            return new ContextualProcessor<>() {
                @Override
                public void process(Record<Object, Object> record) {
                    throw new IllegalStateException("of this test");
                }
            };
        }
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
}
