package io.wadi.kafka.topics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
import org.junit.jupiter.params.provider.ValueSource;

final class TopicsTest {
    private static Topic topic(String fields) {
        return Topics.parse("topics: [{name: a, partitions: 3, replication: 2, " + fields + "}]")
                .find("a")
                .orElseThrow();
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
    void parse_emptyList_hasNoTopics() {
        assertThat(Topics.parse("topics: []").all()).isEmpty();
    }

    @Test
    void config_usesKafkasNames_forEachFormOfDeclaration() {
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
    void partitioner_definesTheRuleForKeys() {
        assertThat(topic("partitioner: {hash: customer, pin: {Pangyo: 0, 17: 2}, missing-key: refuse}")
                        .partitioning())
                .isEqualTo(new Partitioning("customer", Map.of("Pangyo", 0, "17", 2), Partitioning.REFUSE));
        assertThat(topic("partitioner: {missing-key: 1}").partitioning())
                .isEqualTo(new Partitioning(null, Map.of(), 1));
        assertThat(topic("ingest: true").partitioning()).isEqualTo(Partitioning.DEFAULT);
    }

    @Test
    void producer_usesKafkasNames_andIsAbsentUnlessDeclared() {
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
    void producer_withoutReceipts_mayUseWeakerSettings() {
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
    void partitioner_roundRobin_usesKafkasPartitioner_withoutKeys() {
        Topic topic = topic("partitioner: round-robin");

        assertThat(topic.producer())
                .containsExactly(
                        Map.entry("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner"));
        assertThat(topic.isRoundRobin()).isTrue();
        assertThat(topic.keyed()).isFalse();
        assertThat(topic("partitioner: sticky")).isEqualTo(topic("cleanup:"));
    }

    @Test
    void producers_existOnlyForTopicsThatDeclareSettings() {
        assertThat(Topics.parse("""
                                topics:
                                  - {name: a, partitions: 1, producer: {linger: 9ms}}
                                  - {name: b, partitions: 1}
                                  - {name: c, partitions: 1, producer: {linger: 9ms}}
                                """).producers())
                .isEqualTo(Map.of("a", Map.of("linger.ms", "9"), "c", Map.of("linger.ms", "9")));
    }

    @Test
    void ingest_containsAllHttpSettings() {
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
    void accepts_onlyOpenEndpoints() {
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
    void keyed_fieldsThatImplyKeys_isTrue(String fields) {
        assertThat(topic(fields).keyed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest: true", "cleanup: delete", "ingest: {over: [topics]}"})
    void keyed_withoutKeys_isFalse(String fields) {
        assertThat(topic(fields).keyed()).isFalse();
    }

    @Test
    void read_usesTheFile_orTheJarsCopyIfItIsMissing(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("mine.yaml"), "topics: []");

        assertThat(Topics.read(file.toString()).all()).isEmpty();
        assertThat(Topics.read(directory.resolve("none.yaml").toString()).find("select-color"))
                .isPresent();
    }

    /** Otherwise the key of a pinned partition would be another one. */
    @Test
    void read_fileInAnotherEncoding_isRejected(@TempDir Path directory) throws IOException {
        String topic = "topics:\n  - {name: a, partitions: 2, partitioner: {pin: {Zürich: 0}}}\n";
        Path file = Files.writeString(directory.resolve("topics.yaml"), topic, ISO_8859_1);

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> Topics.read(file.toString()))
                .withMessage("topics.yaml line 2: not in UTF-8; save the file in UTF-8");
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
                        "card.decisions",
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
    void parse_topicsOfExamples_areNotInTheShippedFile() throws IOException {
        Topics shipped = Topics.parse(Files.readString(Path.of("topics.yaml")));

        assertThat(Topics.parse(Files.readString(Path.of("examples", "topics.yaml")))
                        .all())
                .extracting(Topic::name)
                .contains("transactions.latest", "sales.items", "sales.customers", "order_join", "shop.orders")
                .noneMatch(name -> shipped.find(name).isPresent());
    }

    @Test
    void read_withNeitherAFileNorACopyInTheJar_isRejectedWithThePath() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> Topics.read("/nowhere/topics.yaml", () -> null))
                .withMessageContaining(
                        "/nowhere/topics.yaml does not exist, and the jar contains no topics.yaml: expected a"
                                + " file that declares the topics (wadi.topics-file)");
    }

    private static String millis(Duration time) {
        return Long.toString(time.toMillis());
    }

    @Test
    void deduplicate_addsInboxAndAnswerTopics_withItsPartitionsAndWindow() {
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
                        "retention.ms", millis(Duration.ofDays(7)),
                        "segment.ms", millis(Duration.ofDays(1))));
        // An event may be processed just before the inbox deletes it, and its first event may be a window older.
        Duration longestLag = Duration.ofDays(7 + 1);
        assertThat(topics.find("a.receipts").orElseThrow().config())
                .containsEntry("retention.bytes", "-1")
                .containsEntry("cleanup.policy", "delete")
                .containsEntry(
                        "retention.ms",
                        millis(Duration.ofDays(7).plus(longestLag).plusHours(1)));
    }
}
