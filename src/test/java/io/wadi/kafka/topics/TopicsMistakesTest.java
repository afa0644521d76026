package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wadi.runtime.config.SettingsException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The errors that mistakes in the topics file cause. */
final class TopicsMistakesTest {
    private static List<String> mistakes(String yaml) {
        SettingsException refused = catchThrowableOfType(SettingsException.class, () -> Topics.parse(yaml));
        assertThat(refused).as("refused: %s", yaml).isNotNull();
        return refused.mistakes();
    }

    static Stream<Arguments> mistakes() {
        String start = "topics:\n  - {name: a, partitions: 2, replication: 1";
        return Stream.of(
                arguments("", "topics.yaml is empty, expected a mapping"),
                arguments("# no topics", "topics.yaml is empty, expected a mapping"),
                arguments("topics: " + "[".repeat(20_000), "topics.yaml is nested too deeply"),
                arguments("topics: [", "topics.yaml line 1, column 10: "),
                arguments(start, "topics.yaml line 2, column 44: "),
                arguments("topics:\n\t- {name: a}", "(TAB)' that cannot start any token"),
                arguments("a: 1\n---\nb: 2", "topics.yaml line 2, column 1: "),
                arguments("[]", "topics.yaml is not a mapping"),
                arguments("topics: []\ntopic: []", "line 2, column 1: topic: unknown field; did you mean topics?"),
                arguments("{}", "line 1, column 1: topics is missing, expected a list"),
                arguments("topics:", "line 1, column 1: topics is missing, expected a list"),
                arguments("topics: {a: 1}", "line 1, column 9: topics is not a list"),
                arguments("topics: [a]", "line 1, column 10: topics is not a mapping"),
                arguments(start + ", [b]: c}", "topics.yaml: Non scalar key"),
                arguments(
                        start + ", partition: 2}",
                        "line 2, column 46: a: partition: unknown field; did you mean partitions?"),
                arguments(
                        start + ", owner: me}",
                        "a: owner: unknown field; expected one of name, partitions, replication, retention, cleanup, min-isr, "
                                + "timestamp, max-message, config, receipts, partitioner, producer, ingest"),
                arguments(
                        "topics:\n  - {name: a, partitions: three, replication: 1}",
                        "line 2, column 27: a: partitions is \"three\", expected a whole number from 1"),
                arguments("topics: [{name: a, partitions: 0, replication: 1}]", "a: partitions is \"0\", expected"),
                arguments("topics: [{name: a, partitions: 1, replication: 0}]", "a: replication is \"0\", expected"),
                arguments(
                        "topics: [{name: a, partitions: 1, replication: 40000}]",
                        "a: replication is \"40000\", expected"),
                arguments(
                        "topics: [{name: a, partitions: [1], replication: 1}]",
                        "a: partitions is a list or a mapping, expected"),
                arguments(
                        "topics:\n  - {name: a, replication: 1}",
                        "line 2, column 5: a: partitions is missing, expected a whole"),
                arguments(
                        "topics: [{name: , partitions: 1, replication: 1}]",
                        "name is missing, expected 1 to 249 letters"),
                arguments("topics: [{name: a b, partitions: 1, replication: 1}]", "name is \"a b\", expected 1 to 249"),
                arguments("topics: [{name: .., partitions: 1, replication: 1}]", "name is \"..\", expected 1 to 249"),
                arguments(
                        start + "}\n  - {name: a, partitions: 2, replication: 1}",
                        "line 3, column 5: a: declared twice, first in line 2"),
                arguments(start + ", name: b}", "line 2, column 46: a: name is a duplicate field, first in line 2"),
                arguments(
                        start + ", retention: 7 days}",
                        "a: retention is \"7 days\", expected a duration such as 12h or 7d, or forever"),
                arguments(start + ", retention: 0s}", "a: retention is \"0s\", expected"),
                arguments(start + ", retention: 999999999999999d}", "a: retention is \"999999999999999d\", expected"),
                // Without the error any key could write to the topic.
                arguments(start + ", ingest: {keys: }}", "a: ingest.keys is empty, expected the name of an API key"),
                arguments(start + ", cleanup: tidy}", "a: cleanup is \"tidy\", expected both, compact, delete"),
                arguments(start + ", timestamp: now}", "a: timestamp is \"now\", expected append, create"),
                arguments(start + ", max-message: 2GiB}", "a: max-message is \"2GiB\", expected a size"),
                arguments(start + ", min-isr: 0}", "a: min-isr is \"0\", expected a whole number from 1"),
                arguments(
                        start + ", min-isr: 2}",
                        "a: min-isr is 2, more than replication 1: Kafka would accept records with 1 in sync"),
                arguments(start + ", config: {min.insync.replicas: 2}}", "a: min-isr is 2, more than replication"),
                arguments(
                        start + ", retention: 7d, config: {retention.ms: 1}}",
                        "a: config sets retention.ms, which retention sets, too"),
                arguments(
                        start + ", config: {retention.ms: 7d}}",
                        "a: config sets retention.ms to \"7d\", which Kafka does not accept"),
                arguments(
                        start + ", config: {segment.ms: [1]}}",
                        "a: config.segment.ms is a list or a mapping, expected a text"),
                arguments(start + ", config: 7}", "a: config is not a mapping"),
                arguments(start + ", partitioner: {hsh: b}}", "a: partitioner.hsh: unknown field; did you mean hash?"),
                arguments(start + ", partitioner: {hash: ''}}", "a: partitioner.hash is \"\", expected a field's name"),
                arguments(
                        start + ", partitioner: {pin: {b: 2}}}",
                        "a: partitioner.pin.b is \"2\", expected a partition from 0 to 1"),
                arguments(
                        start + ", partitioner: {missing-key: drop}}",
                        "a: partitioner.missing-key is \"drop\", expected refuse, spread or a partition from 0 to 1"),
                arguments(
                        start + ", partitioner: random}",
                        "a: partitioner is \"random\", expected sticky, round-robin or a mapping"),
                arguments(
                        start + ", cleanup: compact, partitioner: round-robin}",
                        "a: partitioner is round-robin, but the topic is compacted, which requires the records of a key in "
                                + "one partition: expected sticky or a mapping"),
                arguments(
                        start + ", config: {cleanup.policy: compact}, partitioner: round-robin}",
                        "a: partitioner is round-robin, but the topic is compacted"),
                arguments(start + ", receipts: some}", "a: receipts is \"some\", expected durable or none"),
                arguments(start + ", producer: all}", "a: producer is not a mapping"),
                arguments(start + ", producer: {ack: all}}", "a: producer.ack: unknown field; did you mean acks?"),
                arguments(start + ", producer: {acks: 2}}", "a: producer.acks is \"2\", expected all, 1 or 0"),
                arguments(
                        start + ", producer: {compression: brotli}}",
                        "a: producer.compression is \"brotli\", expected none, gzip, snappy, lz4 or zstd"),
                arguments(
                        start + ", producer: {linger: -1ms}}",
                        "a: producer.linger is \"-1ms\", expected a duration from 0ms to 1s"),
                arguments(
                        start + ", producer: {linger: 2s}}",
                        "a: producer.linger is \"2s\", expected a duration from 0ms to 1s"),
                arguments(
                        start + ", producer: {idempotence: yes}}",
                        "a: producer.idempotence is \"yes\", expected true or false"),
                arguments(
                        start + ", producer: {acks: 1}}",
                        "a: producer.acks is 1, with which an acknowledged record can be lost: expected all, or receipts: "
                                + "none of the topic"),
                arguments(
                        start + ", producer: {idempotence: false}}",
                        "a: producer.idempotence is false, with which records can be stored twice or out of order: expected "
                                + "true, or receipts: none of the topic"),
                arguments(
                        start + ", receipts: none, producer: {acks: 1, idempotence: true}}",
                        "a: producer.idempotence is true, but acks is 1: expected false, or acks all"),
                arguments(
                        start + ", receipts: none, ingest: true}",
                        "a: ingest is open over topics, which responds with offsets, but receipts is none: expected over "
                                + "without topics"),
                arguments(start + ", ingest: yes}", "a: ingest is \"yes\", expected true, false or a mapping"),
                arguments(
                        start + ", ingest: {over: [event]}}",
                        "a: ingest.over is \"event\", expected events, pixel, select, topics"),
                arguments(
                        start + ", ingest: {over: []}}",
                        "a: ingest.over is empty, expected events, pixel, select, topics"),
                arguments(
                        start + ", config: {segment.ms: }}",
                        "a: config.segment.ms is \"\", expected a text or a number"),
                arguments(start + ", ingest: {over: events}}", "a: ingest.over is not a list"),
                arguments(
                        start + ", ingest: {key: customer}}",
                        "a: ingest.key is \"customer\", expected a JSON pointer such as /customer"),
                arguments(
                        start + ", ingest: {invalid: drop}}",
                        "a: ingest.invalid is \"drop\", expected dead-letter, refuse"),
                arguments(
                        start + ", ingest: {formats: true}}",
                        "a: ingest.formats is \"true\", expected check or ignore"),
                arguments(
                        start + ", ingest: {avro: orders-value, formats: check}}",
                        "a: ingest.formats is check, but schema is missing: expected a schema with the formats, or no formats"),
                arguments(
                        start + ", ingest: {headers: ['a b']}}",
                        "a: ingest.headers is \"a b\", expected a header's name"),
                arguments(
                        start + ", ingest: {headers: [X-Tenant, ID]}}",
                        "a: ingest.headers is \"ID\", expected a header's name, and none of id, wadi-* and __connect.errors.*"),
                arguments(start + ", ingest: {headers: [Wadi-Attempts]}}", "a: ingest.headers is \"Wadi-Attempts\""),
                arguments(
                        start + ", ingest: {headers: [__connect.errors.offset]}}",
                        "a: ingest.headers is \"__connect.errors.offset\""));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void parse_oneMistake_reportsPositionAndReason(String yaml, String message) {
        assertThat(mistakes(yaml))
                .singleElement()
                .asString()
                .startsWith("topics.yaml")
                .contains(message);
    }

    @Test
    void parse_manyMistakes_areReportedTogether() {
        assertThat(mistakes("""
                        topics:
                          - name: orders
                            partitons: 3
                            replication: 1
                            retention: long
                          - name: payments
                            partitions: 3
                            replication: 1
                            ingest:
                              over: [topic]
                              schema: payments.json
                              shema: payments.json
                        """))
                .containsExactly(
                        "topics.yaml line 2, column 5: orders: partitions is missing, expected a whole number from 1",
                        "topics.yaml line 5, column 16: orders: retention is \"long\", expected a duration such as 12h or 7d, "
                                + "or forever",
                        "topics.yaml line 3, column 5: orders: partitons: unknown field; did you mean partitions?",
                        "topics.yaml line 10, column 14: payments: ingest.over is \"topic\", expected events, pixel, select, "
                                + "topics",
                        "topics.yaml line 12, column 7: payments: ingest.shema: unknown field; did you mean schema?");
    }

    @Test
    void deduplicate_withoutEventIds_isRejected() {
        Map<String, String> refused = Map.of(
                "deduplicate: {within: 1h}", "without ingest",
                "deduplicate: {within: 1h}, ingest: true", "is declared without id, but ingest is open over topics",
                "deduplicate: {within: 1h}, ingest: {over: [select]}", "open over select or pixel",
                "deduplicate: {within: 1h, id: /n}, ingest: {avro: s}", "Avro",
                "deduplicate: {within: 1h}, receipts: none, ingest: {over: [events]}", "receipts is none",
                "deduplicate: {within: 1h}, partitioner: round-robin, ingest: {over: [events]}", "transactions",
                "deduplicate: {within: 1ms}, ingest: {over: [events]}", "expected a duration from 1s to 90d",
                "deduplicate: {id: /n}, ingest: {over: [events]}", "deduplicate.within is missing");

        refused.forEach((fields, reason) -> assertThat(mistakes("topics: [{name: a, partitions: 1, " + fields + "}]"))
                .singleElement()
                .asString()
                .contains(reason));
    }

    @Test
    void deduplicate_withADeclaredInbox_isRejected() {
        assertThat(mistakes("""
                topics:
                  - {name: a, partitions: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}
                  - {name: a.inbox, partitions: 1}
                """))
                .containsExactly("topics.yaml line 3: a.inbox: is declared, but it belongs to the deduplication of a:"
                        + " expected another name");
    }
}
