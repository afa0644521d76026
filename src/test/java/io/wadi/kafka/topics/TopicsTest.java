package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonPointer;
import io.wadi.kafka.topics.Topic.EventEndpoint;
import io.wadi.kafka.topics.Topic.Ingest;
import io.wadi.kafka.topics.Topic.Invalid;
import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicsTest {
    private static Topic topic(String fields) {
        return Topics.parse("topics: [{name: a, partitions: 3, replication: 2, " + fields + "}]")
                .find("a")
                .orElseThrow();
    }

    private static List<String> mistakes(String yaml) {
        SettingsException refused = catchThrowableOfType(SettingsException.class, () -> Topics.parse(yaml));
        assertThat(refused).as("refused: %s", yaml).isNotNull();
        return refused.mistakes();
    }

    @Test
    void parse_declarations_areKeptInTheirOrder() {
        Topics topics = Topics.parse("""
                # a remark
                topics:
                  - {name: b, partitions: 3, replication: 2, ingest: true}
                  - name: a
                    partitions: 1
                    replication: 1
                    ingest: false
                    config:
                  - {name: c, partitions: 1, min-isr: 2}
                """);

        assertThat(topics.all())
                .containsExactly(
                        new Topic("b", 3, (short) 2, Map.of(), null, Map.of(), true, Ingest.PLAIN, null, null),
                        new Topic("a", 1, (short) 1, Map.of(), null, Map.of(), true, null, null, null),
                        new Topic(
                                "c",
                                1,
                                Topic.BROKERS,
                                Map.of("min.insync.replicas", "2"),
                                null,
                                Map.of(),
                                true,
                                null,
                                null,
                                null));
        assertThat(topics.find("a")).isPresent();
        assertThat(topics.find("A")).isEmpty();
    }

    @Test
    void parse_noTopics_isNone() {
        assertThat(Topics.parse("topics: []").all()).isEmpty();
    }

    @Test
    void config_isInKafkasNames_whicheverWayItIsDeclared() {
        assertThat(topic("retention: 7d, cleanup: both, min-isr: 2, timestamp: append, max-message: 1MiB, "
                                + "config: {segment.ms: 3600000, compression.type: \"zstd\"}")
                        .config())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "retention.ms", "604800000",
                        "cleanup.policy", "compact,delete",
                        "min.insync.replicas", "2",
                        "message.timestamp.type", "LogAppendTime",
                        "max.message.bytes", "1048576",
                        "segment.ms", "3600000",
                        "compression.type", "zstd"));
        assertThat(topic("retention: forever, timestamp: create, cleanup: compact")
                        .config())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "retention.ms", "-1", "message.timestamp.type", "CreateTime", "cleanup.policy", "compact"));
        assertThat(topic("config: {retention.ms: 1000}").config()).containsExactly(Map.entry("retention.ms", "1000"));
    }

    @Test
    void partitioner_isTheRuleForKeys() {
        assertThat(topic("partitioner: {hash: customer, pin: {Pangyo: 0, 17: 2}, missing-key: refuse}")
                        .partitioning())
                .isEqualTo(new Partitioning("customer", Map.of("Pangyo", 0, "17", 2), Partitioning.REFUSE));
        assertThat(topic("partitioner: {missing-key: 1}").partitioning())
                .isEqualTo(new Partitioning(null, Map.of(), 1));
        assertThat(topic("ingest: true").partitioning()).isEqualTo(Partitioning.DEFAULT);
    }

    @Test
    void producer_isInKafkasNames_andAbsentUnlessDeclared() {
        assertThat(topic("producer: {acks: all, compression: zstd, linger: 20ms, idempotence: true}")
                        .producer())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "acks", "all",
                        "enable.idempotence", "true",
                        "compression.type", "zstd",
                        "linger.ms", "20"));
        assertThat(topic("producer: {linger: 0ms}").producer()).containsExactly(Map.entry("linger.ms", "0"));
        assertThat(topic("producer: {linger: 1s, compression: none}").producer())
                .containsExactlyInAnyOrderEntriesOf(Map.of("linger.ms", "1000", "compression.type", "none"));
        assertThat(topic("ingest: true").producer()).isEmpty();
        assertThat(topic("ingest: true").receipts()).isTrue();
    }

    @Test
    void producer_withoutReceipts_mayBeWeaker() {
        assertThat(topic("receipts: none, producer: {acks: 1}").producer())
                .containsExactlyInAnyOrderEntriesOf(Map.of("acks", "1", "enable.idempotence", "false"));
        assertThat(topic("receipts: none, producer: {acks: 0, idempotence: false}")
                        .producer())
                .containsExactlyInAnyOrderEntriesOf(Map.of("acks", "0", "enable.idempotence", "false"));
        assertThat(topic("receipts: none, producer: {idempotence: false}").producer())
                .containsExactlyInAnyOrderEntriesOf(Map.of("acks", "all", "enable.idempotence", "false"));
        Topic strong = topic("receipts: none, producer: {acks: all}, ingest: {over: [events]}");
        assertThat(strong.receipts()).isFalse();
        assertThat(strong.producer()).containsEntry("enable.idempotence", "true");
    }

    @Test
    void partitioner_roundRobin_isKafkasOwn_andNeedsNoKeys() {
        Topic topic = topic("partitioner: round-robin");

        assertThat(topic.producer())
                .containsExactly(
                        Map.entry("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner"));
        assertThat(topic.isRoundRobin()).isTrue();
        assertThat(topic.keyed()).isFalse();
        assertThat(topic("partitioner: sticky")).isEqualTo(topic("cleanup:"));
    }

    @Test
    void producers_areThoseOfTopicsThatDeclareSettings() {
        assertThat(Topics.parse("""
                                topics:
                                  - {name: a, partitions: 1, producer: {linger: 9ms}}
                                  - {name: b, partitions: 1}
                                  - {name: c, partitions: 1, producer: {linger: 9ms}}
                                """).producers())
                .isEqualTo(Map.of("a", Map.of("linger.ms", "9"), "c", Map.of("linger.ms", "9")));
    }

    @Test
    void ingest_saysEverythingAboutHttp() {
        assertThat(topic(
                                "ingest: {over: [pixel, select], keys: [shop, billing], key: /customer/id, schema: a.json, avro: orders-value, "
                                        + "invalid: dead-letter, formats: check, headers: [Traceparent, X-Tenant]}")
                        .ingest())
                .isEqualTo(new Ingest(
                        Set.of(EventEndpoint.PIXEL, EventEndpoint.SELECT),
                        List.of("shop", "billing"),
                        JsonPointer.compile("/customer/id"),
                        "a.json",
                        "orders-value",
                        Invalid.DEAD_LETTER,
                        true,
                        List.of("traceparent", "x-tenant")));
        assertThat(topic("ingest: {invalid: refuse, formats: ignore}").ingest()).isEqualTo(Ingest.PLAIN);
    }

    @Test
    void takes_onlyTheWaysThatAreOpen() {
        assertThat(Stream.of(EventEndpoint.values()).filter(topic("ingest: true")::accepts))
                .containsExactly(EventEndpoint.EVENTS, EventEndpoint.TOPICS);
        assertThat(Stream.of(EventEndpoint.values()).filter(topic("ingest: {over: [pixel]}")::accepts))
                .containsExactly(EventEndpoint.PIXEL);
        assertThat(Stream.of(EventEndpoint.values()).filter(topic("ingest: false")::accepts))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "partitioner: {missing-key: spread}",
                "ingest: {key: /id}",
                "cleanup: compact",
                "cleanup: both",
                "config: {cleanup.policy: compact}"
            })
    void keyed_itIsSaidThatThereAreKeys(String fields) {
        assertThat(topic(fields).keyed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest: true", "cleanup: delete", "ingest: {over: [topics]}"})
    void keyed_nothingIsSaidOfKeys(String fields) {
        assertThat(topic(fields).keyed()).isFalse();
    }

    static Stream<Arguments> mistakes() {
        String start = "topics:\n  - {name: a, partitions: 2, replication: 1";
        return Stream.of(
                arguments("", "topics.yaml is not a mapping"),
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
    void parse_oneMistake_saysWhereAndWhat(String yaml, String message) {
        assertThat(mistakes(yaml))
                .singleElement()
                .asString()
                .startsWith("topics.yaml")
                .contains(message);
    }

    @Test
    void parse_manyMistakes_areSaidAllAtOnce() {
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
    void read_aFile_orTheJarsOwnWhereThereIsNone(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("mine.yaml"), "topics: []");

        assertThat(Topics.read(file.toString()).all()).isEmpty();
        assertThat(Topics.read(directory.resolve("none.yaml").toString()).find("select-color"))
                .isPresent();
    }

    @Test
    void parse_shippedFile_hasTheTopicsOfTheContract() throws IOException {
        Topics topics = Topics.parse(Files.readString(Path.of("topics.yaml")));

        assertThat(topics.all())
                .extracting(Topic::name)
                .containsExactly(
                        "select-color",
                        "transactions",
                        "metric.all",
                        "metric.cpu",
                        "metric.memory",
                        "metric.cpu.alert",
                        "metric.memory.alert",
                        "metric.alerts",
                        "card.payments",
                        "card.chargebacks",
                        "card.verdicts",
                        "card.alerts",
                        "wadi.dead-letter",
                        "wadi.schemas",
                        "wadi.positions",
                        "wadi.health");
        assertThat(topics.find("wadi.dead-letter").orElseThrow().ingest()).isNull();
        assertThat(topics.find("transactions").orElseThrow().partitioning().field())
                .isEqualTo("customerId");
    }

    @Test
    void parse_topicsOfExamples_areNoneOfTheContract() throws IOException {
        Topics shipped = Topics.parse(Files.readString(Path.of("topics.yaml")));

        assertThat(Topics.parse(Files.readString(Path.of("examples", "topics.yaml")))
                        .all())
                .extracting(Topic::name)
                .contains("transactions.latest", "sales.items", "sales.customers", "order_join", "shop.orders")
                .noneMatch(name -> shipped.find(name).isPresent());
    }

    @Test
    void read_withNeitherAFileNorOneInTheJar_isRefusedWithThePath() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> Topics.read("/nowhere/topics.yaml", () -> null))
                .withMessageContaining(
                        "/nowhere/topics.yaml does not exist, and the jar contains no topics.yaml: expected a"
                                + " file that declares the topics (wadi.topics-file)");
    }

    @Test
    void deduplicate_addsInboxAndAnswers_withItsPartitionsAndWindow() {
        Topics topics = Topics.parse("""
                topics:
                  - name: a
                    partitions: 4
                    replication: 2
                    min-isr: 2
                    deduplicate: {within: 7d, id: /n, without-id: pass}
                    ingest: true
                """);

        Topic declared = topics.find("a").orElseThrow();
        assertThat(declared.deduplication())
                .isEqualTo(new Topic.Deduplication(Duration.ofDays(7), JsonPointer.compile("/n"), true));
        Topic inbox = topics.find("a.inbox").orElseThrow();
        assertThat(inbox.partitions()).isEqualTo(4);
        assertThat(inbox.replication()).isEqualTo((short) 2);
        assertThat(inbox.ingest()).isNull();
        assertThat(inbox.config())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "min.insync.replicas", "2",
                        "cleanup.policy", "delete",
                        "message.timestamp.type", "LogAppendTime",
                        "retention.bytes", "-1",
                        "retention.ms", "604800000"));
        assertThat(topics.find("a.receipts").orElseThrow().config())
                .containsEntry("retention.bytes", "-1")
                .containsEntry("cleanup.policy", "compact,delete")
                .containsEntry("retention.ms", "608400000");
    }

    @Test
    void deduplicate_whereEventsHaveNoId_isRefused() {
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
    void deduplicate_withADeclaredInbox_isRefused() {
        assertThat(mistakes("""
                topics:
                  - {name: a, partitions: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}
                  - {name: a.inbox, partitions: 1}
                """))
                .containsExactly("topics.yaml line 3: a.inbox: is declared, but it belongs to the deduplication of a:"
                        + " expected another name");
    }
}
