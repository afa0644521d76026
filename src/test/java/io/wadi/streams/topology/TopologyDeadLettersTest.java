package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that a step or an internal topic rejects are dead letters with their original content. */
class TopologyDeadLettersTest {
    @AutoClose
    private TopologyDriver streams;

    @Test
    void invalidTableRecord_isADeadLetter_andTheFormerValueIsKept() {
        streams = TopologyDriver.of("""
                tables: {user: {topic: users, value: json}}
                from: clicks
                steps:
                  - join: user
                  - map: {simple: "${variable.user[city]}"}
                to: out
                """);

        streams.send("users", "alice", "{\"city\":\"Seoul\"}", 0)
                .send("users", "alice", "{", 1)
                .send("users", null, "{}", 2)
                .send("clicks", "alice", "x", 3);

        assertThat(streams.read("out")).containsExactly("alice=Seoul");
        assertThat(streams.rejections())
                .satisfiesExactly(
                        why -> assertThat(why).startsWith("the value is not JSON"),
                        why -> assertThat(why).isEqualTo("a record of a table must have a key"));
    }

    @Test
    void failedExpression_isReportedWithItsStep_andTheNextRecordIsProcessed() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - filter: {jsonpath: "$[?(@.n > 0)]"}
                  - map: {jq: ".n / .d"}
                to: out
                """);

        streams.send("in", "k", "{\"n\":1,\"d\":0}", 0)
                .send("in", "k", null, 0)
                .send("in", "k", "{\"n\":4,\"d\":2}", 0);

        assertThat(streams.read("out")).containsExactly("k=2");
        assertThat(streams.rejections()).anySatisfy(why -> assertThat(why).startsWith("map (jq .n / .d): "));
    }

    /** If Kafka rejected the record, the flow would stop. */
    @ParameterizedTest
    @ValueSource(strings = {"repartition: {}", "every: {wall-clock: 1s}", "deduplicate: {by: key, within: 1h}"})
    void recordTooLargeForAnInternalTopic_isADeadLetter_withItsOriginalContent(String step) {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - map: {jq: '[range(40) as $i | .]'}
                  - %s
                to: out
                """.formatted(step));
        String text = "\"" + "x".repeat(1_000_000) + "\"";

        streams.send("in", "k", text, 0).send("in", "k", "1", 1);

        assertThat(streams.records(TopologyDriver.DEAD_LETTERS)).singleElement().satisfies(deadLetter -> {
            assertThat(TopologyDriver.header(deadLetter, "exception.message"))
                    .startsWith(step.substring(0, step.indexOf(':')) + ": the record would have 40000");
            assertThat(TopologyDriver.header(deadLetter, "topic")).isEqualTo("in");
            assertThat(deadLetter.value()).hasSize(text.length());
        });
    }

    @Test
    void deadLetterOfAValueThatStepsHaveEnlarged_hasTheValueBeforeThem() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - deduplicate: {within: 1h}
                  - select-key: {jq: '"other"'}
                  - map: {jq: '[range(40) as $i | .]'}
                to: out
                """);

        streams.send("in", "k", "\"" + "x".repeat(1_000_000) + "\"", 0);

        assertThat(streams.records(TopologyDriver.DEAD_LETTERS)).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.value()).hasSizeLessThan(1_100_000);
            assertThat(deadLetter.key()).isEqualTo("k".getBytes(UTF_8));
        });
    }

    /** As JSON, in Base64, Kafka would reject it, and the thread would fail again and again. */
    @Test
    void deadLetterAfterADeduplication_hasTheBytesOfAnUnchangedValue() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: bytes}
                steps: [deduplicate: {within: 1h}, filter: {jsonpath: $.a}]
                to: out
                """);
        byte[] value = new byte[26_000_000];

        streams.send("in", new byte[] {'k'}, value, 0);

        assertThat(streams.records(TopologyDriver.DEAD_LETTERS))
                .singleElement()
                .satisfies(deadLetter -> assertThat(deadLetter.value()).isEqualTo(value));
    }

    /** A stack overflow outside of an expression would end the thread, and its replacement. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {map: {jq: 'reduce .[] as $k (1; [.])'}}, {repartition: {}} | {topic: out, value: json}
            {map: {jq: 'reduce .[] as $k (1; [.]), 1'}}, {deduplicate: {by: /0/id, within: 1h}} | out
            {filter: {jq: .}} | {topic: {jq: 'reduce .[] as $k (1; [.])'}, among: [out]}
            {filter: {jq: .}} | {topic: {jq: 'reduce .[] as $k (1; [.]), 1'}, among: [out]}
            {sum: {jq: 'reduce .[] as $k (1; [.])'}} | out
            {max: {jq: 'reduce .[] as $k (1; [.]), 1'}} | out
            {select-key: {jq: 'reduce .[] as $k (1; [.])', as: long}} | out
            {select-key: {jq: 'reduce .[] as $k (1; [.]), 1', as: double}} | out
            {select-key: {jq: 'reduce .[] as $k (1; [.])', as: bytes}} | out
            {select-key: {jq: 'reduce .[] as $k (1; [.]), 1', as: bytes}} | out
            {select-key: {jq: 'reduce .[] as $k (1; {a: .})', as: bytes}} | out
            {map: {jq: 'reduce .[] as $k (1; [.])'}} | {topic: out, value: double}
            """)
    void valueThatAnExpressionNestsTooDeeply_isADeadLetter(String steps, String to) {
        streams = TopologyDriver.of("{from: {topic: in, value: json}, steps: [%s], to: %s}".formatted(steps, to));

        streams.send("in", "k", "[" + "0,".repeat(100_000) + "0]", 0);

        assertThat(streams.rejections()).hasSize(1);
        assertThat(streams.read("out")).isEmpty();
    }

    @Test
    void reasonOfADeadLetter_isShort() {
        streams = TopologyDriver.of("{from: {topic: in, value: json}, steps: [{sum: {jq: .}}], to: out}");

        streams.send("in", "k", "\"" + "x".repeat(1_000_000) + "\"", 0);

        assertThat(streams.rejections()).singleElement().asString().hasSize(8192);
    }

    @Test
    void failedResult_isADeadLetterWithoutAnOffset() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - count: true
                  - map: {jsonpath: $.no}
                to: out
                """);

        streams.send("in", "k", "x", -3600);

        assertThat(streams.records(TopologyDriver.DEAD_LETTERS)).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.getRecordTime()).isEqualTo(TopologyDriver.START);
            assertThat(deadLetter.value()).isEqualTo("1".getBytes(UTF_8));
            assertThat(TopologyDriver.header(deadLetter, "topic")).isEmpty();
            assertThat(deadLetter.headers().lastHeader("__connect.errors.offset"))
                    .isNull();
        });
    }

    @Test
    void deadLetterOfAnOldRecord_hasTheTimeOfWriting_soThatRetentionStartsThen() {
        streams = TopologyDriver.of("{from: in, to: out}");

        streams.send("in", null, new byte[] {(byte) 0xc3, 0x28}, -40 * 24 * 3600);

        assertThat(streams.records(TopologyDriver.DEAD_LETTERS))
                .singleElement()
                .satisfies(deadLetter -> assertThat(deadLetter.getRecordTime()).isEqualTo(TopologyDriver.START));
    }

    @Test
    void invalidUtf8_isADeadLetter() {
        streams = TopologyDriver.of("{from: in, to: out}");

        streams.send("in", null, new byte[] {(byte) 0xc3, 0x28}, 0).send("in", null, "\uFFFD".getBytes(UTF_8), 0);

        assertThat(streams.read("out")).containsExactly("null=\uFFFD");
        assertThat(streams.rejections()).containsExactly("the value is not UTF-8");
    }

    /** In UTF-8, each of these keys and values would be a question mark. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            select-key: {jq: .id}                                       | json   | select-key (jq .id): the key
            select-key: {jq: .id, as: bytes}                            | json   | select-key (jq .id): the key
            join: {table: rate, on: {jq: .id}, missing: keep}           | json   | on (jq .id): the key
            {map: {jsonpath: $.id}}, {repartition: {partitions: 3}}     | string | to: the value
            map: {jq: .id}                                              | string | to: the value
            map: {jq: .id}                                              | bytes  | to: the value
            """)
    void textThatUtf8CannotEncode_isADeadLetter(String steps, String type, String place) {
        streams = TopologyDriver.of("""
                tables: {rate: {topic: rates, value: double, global: true}}
                from: {topic: in, value: json}
                steps: [%s]
                to: {topic: out, value: %s}
                """.formatted(steps, type));

        streams.send("in", "a", "{\"id\":\"\\ud800\"}", 0).send("in", "b", "{\"id\":\"\\udc00\"}", 1);

        assertThat(streams.read("out")).isEmpty();
        assertThat(streams.rejections())
                .hasSize(2)
                .containsOnly(place + " has an unpaired surrogate, which UTF-8 cannot encode");
    }
}
