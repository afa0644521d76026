package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The steps of streams files with valid and invalid records. */
class TopologyBuilderTest {
    private static final byte[] NO_UTF8 = {(byte) 0xc3, 0x28};

    @AutoClose
    private TopologyDriver streams;

    @Test
    void joinByAnotherKey_isRepartitionedLikeTheTable() {
        streams = TopologyDriver.of("""
                tables: {user: {topic: users, value: json}}
                from: {topic: clicks, value: json}
                steps:
                  - select-key: {jsonpath: $.user}
                  - join: {table: user, missing: keep}
                  - map: {jq: '{page: .page, city: $user.city}'}
                to: {topic: out, value: json}
                """);

        streams.send("users", "alice", "{\"city\":\"Seoul\"}", 0)
                .send("clicks", "x", "{\"user\":\"alice\",\"page\":1}", 1)
                .send("clicks", "y", "{\"user\":\"bob\",\"page\":2}", 2);

        assertThat(streams.read("out"))
                .containsExactly("alice={\"page\":1,\"city\":\"Seoul\"}", "bob={\"page\":2,\"city\":null}");
        assertThat(streams.rejections()).isEmpty();
    }

    @Test
    void globalTable_isQueriedForTheKeyInTheRecord() {
        streams = TopologyDriver.of("""
                tables: {rate: {topic: rates, value: double, global: true}}
                from: {topic: prices, value: json}
                steps:
                  - join: {table: rate, on: {jsonpath: $.currency}}
                  - map: {jq: '.amount * $rate'}
                to: out
                """);

        streams.send(
                        "rates",
                        "EUR".getBytes(UTF_8),
                        ByteBuffer.allocate(8).putDouble(1.5).array(),
                        0)
                .send("prices", "p", "{\"amount\":2,\"currency\":\"EUR\"}", 1)
                .send("prices", "p", "{\"amount\":2,\"currency\":\"KRW\"}", 2);

        assertThat(streams.read("out")).containsExactly("p=3");
    }

    @Test
    void branch_selectsTheFirstMatchingBranch_alsoIntoWindows() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - branch:
                      - when: {jsonpath: "$[?(@.n > 10)]"}
                        to: large
                      - when: {jq: ".n > 5"}
                        steps:
                          - select-key: {simple: "middle"}
                          - window: {tumbling: 10s}
                          - count: true
                        to: middle
                      - steps:
                          - map: {jq: .n}
                        to: small
                """);

        for (int n : new int[] {11, 6, 1, 7}) {
            streams.send("in", "k", "{\"n\":%d}".formatted(n), 0);
        }
        streams.send("in", "k", "no", 0);

        assertThat(streams.read("large")).containsExactly("k={\"n\":11}");
        assertThat(streams.read("middle")).containsExactly("middle=1", "middle=2");
        assertThat(streams.read("small")).containsExactly("k=1");
        assertThat(streams.rejections()).hasSize(1);
    }

    @Test
    void aggregates_areComputedWithoutAWindow() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: long}
                steps:
                  - aggregate:
                      n: {count: true}
                      sum: {sum: {simple: "${body}"}}
                      least: {min: {simple: "${body}"}}
                      most: {max: {simple: "${body}"}}
                      mean: {avg: {simple: "${body}"}}
                to: out
                """);

        for (long n : new long[] {3, -1, Long.MAX_VALUE}) {
            streams.send(
                    "in", new byte[] {'k'}, ByteBuffer.allocate(8).putLong(n).array(), 0);
        }
        streams.send("in", null, new byte[8], 0).send("in", new byte[] {'k'}, new byte[7], 0);

        assertThat(streams.read("out"))
                .containsExactly(
                        "k={\"n\":1,\"sum\":3,\"least\":3,\"most\":3,\"mean\":3.0}",
                        "k={\"n\":2,\"sum\":2,\"least\":-1,\"most\":3,\"mean\":1.0}",
                        "k={\"n\":3,\"sum\":9.223372036854776E18,\"least\":-1,\"most\":9223372036854775807,\"mean\":3.0744573456182584E18}");
        assertThat(streams.rejections())
                .containsExactly(
                        "the record has no key to aggregate by: add a select-key step before",
                        "the value has 7 bytes, expected a long of 8 bytes");
    }

    @Test
    void windowResults_canBeCountedByAnotherKey() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - window: {tumbling: 10s, grace: 0s, emit: final}
                  - count: true
                  - select-key: {simple: "all"}
                  - sum: {simple: "${body}"}
                to: out
                """);

        streams.send("in", "a", "x", 0)
                .send("in", "b", "x", 1)
                .send("in", "a", "x", 2)
                .send("in", "c", "x", 10);

        assertThat(streams.read("out")).hasSize(2).last().isEqualTo("all=3");
    }

    /** Names of nodes contain the name of their flow, and are unique in the topology. */
    @Test
    void flowsWithSimilarNames_areIndependent() {
        streams = TopologyDriver.of("""
                flows:
                  - {name: a, from: in, steps: [{count: true}], to: copies}
                  - {name: a-part, from: in, steps: [{count: true}], to: out}
                  - {name: a-1, from: in, steps: [{count: true}], to: other}
                """);

        streams.send("in", "k", "x", 0);

        assertThat(streams.read("copies")).containsExactly("k=1");
        assertThat(streams.read("out")).containsExactly("k=1");
        assertThat(streams.read("other")).containsExactly("k=1");
    }

    @Test
    void expression_canReadTopicPartitionOffsetAndHeaders() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - map: {simple: "${variable.topic} ${variable.partition} ${variable.offset} ${variable.timestamp} ${variable.key} ${header.colour}"}
                to: out
                """);

        TestRecord<byte[], byte[]> record =
                new TestRecord<>("k".getBytes(UTF_8), "v".getBytes(UTF_8), TopologyDriver.START);
        record.headers().add("colour", "red".getBytes(UTF_8));
        streams.send("in", record);

        assertThat(streams.read("out"))
                .containsExactly("k=in 0 0 %d k red".formatted(TopologyDriver.START.toEpochMilli()));
    }

    /** With the document id, several results of one record would be one document in an index. */
    @Test
    void result_keepsTheRecordsHeaders_exceptDocumentIds() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - map: {simple: "${body}!"}
                to: out
                """);

        TestRecord<byte[], byte[]> record =
                new TestRecord<>("k".getBytes(UTF_8), "v".getBytes(UTF_8), TopologyDriver.START);
        record.headers()
                .add("wadi-id", "~shop~1".getBytes(UTF_8))
                .add("colour", "red".getBytes(UTF_8))
                .add("wadi-origin", "in+0+0".getBytes(UTF_8));
        streams.send("in", record);

        assertThat(streams.records("out"))
                .singleElement()
                .satisfies(result -> assertThat(result.headers())
                        .extracting(org.apache.kafka.common.header.Header::key)
                        .containsExactly("colour"));
    }

    @ParameterizedTest
    @ValueSource(strings = {".keyword == 1", ".timestamps == null", ".headers == null"})
    void fieldWithTheNameOfAVariable_doesNotReadTheVariable(String condition) {
        streams = TopologyDriver.of(
                "{from: {topic: in, value: json}, steps: [{filter: {jq: '%s'}}], to: out}".formatted(condition));
        TestRecord<byte[], byte[]> record =
                new TestRecord<>(NO_UTF8, "{\"keyword\":1}".getBytes(UTF_8), TopologyDriver.START);
        record.headers().add("x", NO_UTF8);

        streams.send("in", record);

        assertThat(streams.rejections()).isEmpty();
        assertThat(streams.records("out")).hasSize(1);
    }

    @Test
    void headerThatIsNoUtf8_isBase64() {
        streams = TopologyDriver.of(
                "{from: {topic: in, value: json}, steps: [{map: {jq: '$header.tenant + $header.x'}}], to: out}");
        TestRecord<byte[], byte[]> record =
                new TestRecord<>("k".getBytes(UTF_8), "1".getBytes(UTF_8), TopologyDriver.START);
        record.headers().add("tenant", "a-".getBytes(UTF_8)).add("x", NO_UTF8);

        streams.send("in", record);

        assertThat(streams.read("out")).containsExactly("k=a-wyg=");
        assertThat(streams.rejections()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void emptyValue_isNoJson(String value) {
        streams = TopologyDriver.of(
                "{from: {topic: in, value: json}, steps: [{map: {jq: .}}], to: {topic: out, value: json}}");

        streams.send("in", "k", value, 0);

        assertThat(streams.read("out")).isEmpty();
        assertThat(streams.rejections()).containsExactly("the value is not JSON: it is empty");
    }

    /** As other JSON, the number would lose digits. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "repartition: {}",
                "every: {wall-clock: 1s}",
                "deduplicate: {within: 1h}",
                "deduplicate: {by: /id, within: 1h}"
            })
    void valueThatNoStepChanges_keepsItsBytesInInternalTopicsAndStores(String step) {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - %s
                  - select-key: {jq: .id}
                  - repartition: {}
                to: out
                """.formatted(step));
        String value = "{\"id\": 1, \"price\": 0.12345678901234567890}";

        streams.send("in", "k", value, 0).advance(Duration.ofSeconds(1));

        assertThat(streams.read("out")).containsExactly("1=" + value);
    }

    /** Kafka Streams adds durations to timestamps, and would call an overflowing punctuation forever. */
    @ParameterizedTest
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ValueSource(
            strings = {
                "{every: {stream-time: 1s}}",
                "{deduplicate: {within: 366d}}",
                "{window: {tumbling: 366d}}, {count: true}",
                "{window: {hopping: 2s, advance: 1s}}, {max: {jq: .}}",
                "{window: {sliding: 366d}}, {sum: {jq: .}}",
                "{window: {session: 366d}}, {count: true}"
            })
    void timestampOfTheDistantFuture_isAccepted(String steps) {
        streams = TopologyDriver.of("{from: in, steps: [%s], to: out}".formatted(steps));

        streams.send("in", new TestRecord<>(new byte[] {'k'}, new byte[] {'1'}, Instant.ofEpochMilli(Long.MAX_VALUE)));

        assertThat(streams.read("out")).isNotEmpty().containsOnly("k=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"out", "{topic: out, value: long}"})
    void longThatNoStepChanges_isNotWrittenAsText(String to) {
        streams = TopologyDriver.of(
                "{from: {topic: in, value: long}, steps: [deduplicate: {within: 1h}], to: %s}".formatted(to));

        streams.send("in", new byte[] {'k'}, new byte[8], 0);

        assertThat(streams.records("out"))
                .singleElement()
                .satisfies(record -> assertThat(record.value()).isEqualTo(new byte[8]));
    }

    @Test
    void textThatUtf8CannotEncode_isUnchangedInInternalTopics() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps: [{map: {jsonpath: $.id}}, {repartition: {partitions: 3}}]
                to: {topic: out, value: json}
                """);

        streams.send("in", "a", "{\"id\":\"\\ud800\"}", 0);

        assertThat(streams.read("out")).containsExactly("a=\"\\uD800\"");
        assertThat(streams.rejections()).isEmpty();
    }
}
