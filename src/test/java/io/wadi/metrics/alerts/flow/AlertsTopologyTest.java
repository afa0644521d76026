package io.wadi.metrics.alerts.flow;

import static io.wadi.streams.topology.TopologyDriver.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.metrics.alerts.flow.NoDataClocks.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology of alerts, run by the test driver of Kafka Streams. */
class AlertsTopologyTest {
    private static final Instant START = Instant.parse("2026-11-20T01:00:00Z");
    private static final String RULES = """
            rules:
              - {alert: Busy, metricset: load, value: system.load.1, above: %s, for: 1m, no-data-after: 2m}
              - {alert: Share, metricset: cpu, value: cpu.pct, share: true, above: 0.5}
              - {alert: Loose, metricset: loose, value: cpu.pct, share: true, above: 0.5, invalid: ignore}
            """;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final NoDataClocks noDataClocks = new NoDataClocks(Clock.fixed(START, ZoneOffset.UTC), System::nanoTime);
    private ActiveRules rules;
    private Path file;

    @AutoClose
    private TopologyTestDriver driver;

    private TestInputTopic<byte[], byte[]> cpu;
    private TestInputTopic<byte[], byte[]> memory;
    private TestOutputTopic<byte[], byte[]> changes;
    private TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        file = directory.resolve("alerts.yaml");
        Files.writeString(file, RULES.formatted("4"));
        rules = ActiveRules.read(file.toString(), Duration.ofHours(1));
        open();
    }

    private AlertsTopology topology() {
        return new AlertsTopology(
                new AlertsTopology.Options(
                        List.of("in.cpu", "in.memory"), "out", Duration.ofMinutes(5), 3, Duration.ofHours(1)),
                rules,
                noDataClocks,
                new AlertMeters(registry, rules),
                new DeadLetterSender("dead-letters", () -> {
                    throw new AssertionError("dead letters go through the topology");
                }),
                Clock.fixed(START, ZoneOffset.UTC));
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        return settings;
    }

    private void open() {
        driver = new TopologyTestDriver(topology().make(), settings(), START);
        ByteArraySerializer in = new ByteArraySerializer();
        cpu = driver.createInputTopic("in.cpu", in, in);
        memory = driver.createInputTopic("in.memory", in, in);
        ByteArrayDeserializer out = new ByteArrayDeserializer();
        changes = driver.createOutputTopic("out", out, out);
        deadLetters = driver.createOutputTopic("dead-letters", out, out);
    }

    @Test
    void document_emitsItsChanges_keyedByRuleAndHost() {
        cpu.pipeInput(key("web-01"), load("web-01", 0, 5));
        memory.pipeInput(key("web-01"), load("web-01", 60, 6));
        cpu.pipeInput(key("web-01"), load("web-01", 70, 1));

        List<TestRecord<byte[], byte[]>> reported = changes.readRecordsToList();
        assertThat(reported)
                .extracting(change -> new String(change.key(), UTF_8), change -> json(change.value(), "state"))
                .containsExactly(
                        tuple("Busy@web-01", "pending"),
                        tuple("Busy@web-01", "firing"),
                        tuple("Busy@web-01", "resolved"));
        assertThat(reported)
                .extracting(change -> json(change.value(), "id"))
                .containsOnly(json(reported.get(0).value(), "id"));
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void noData_isReportedOnceProven_withItsOwnKey() {
        cpu.pipeInput(key("web-01"), load("web-01", 0, 1));
        tick();
        assertThat(changes.isEmpty()).isTrue();

        update(121, 60);
        tick();
        assertThat(changes.isEmpty()).as("could be heard for a minute only").isTrue();

        update(121, 120);
        tick();
        cpu.pipeInput(key("web-01"), load("web-01", 130, 1));

        assertThat(changes.readRecordsToList())
                .extracting(change -> new String(change.key(), UTF_8), change -> json(change.value(), "state"))
                .containsExactly(tuple("Busy:no-data@web-01", "firing"), tuple("Busy:no-data@web-01", "resolved"));
    }

    @Test
    void hostWithoutDataForLong_isRemoved() {
        cpu.pipeInput(key("web-01"), load("web-01", 0, 5));
        update(3600, 599);
        tick();
        assertThat(store().get("web-01")).isNotNull();

        update(3600, 600);
        tick();

        assertThat(store().get("web-01")).isNull();
        List<TestRecord<byte[], byte[]>> reported = changes.readRecordsToList();
        assertThat(reported)
                .filteredOn(change -> change.value() != null)
                .extracting(change -> json(change.value(), "kind"), change -> json(change.value(), "reason"))
                .endsWith(tuple("no-data", "host-expired"));
        assertThat(reported)
                .as("compaction removes the last changes of the host")
                .extracting(change -> new String(change.key(), UTF_8), change -> change.value() == null)
                .endsWith(tuple("Busy@web-01", true), tuple("Busy:no-data@web-01", true))
                .doesNotContain(tuple("Share@web-01", true));
    }

    @Test
    void invalidDocument_isADeadLetterOrIgnored_asTheRuleDefines() {
        byte[] over = bytes("""
                {"@timestamp":"%s","metricset":{"name":"cpu"},"host":{"name":"a"},"cpu":{"pct":1.5}}""".formatted(START));
        cpu.pipeInput(key("a"), over);
        cpu.pipeInput(key("a"), bytes(new String(over, UTF_8).replace("\"cpu\"},", "\"loose\"},")));
        cpu.pipeInput(key("a"), bytes("not json"));
        cpu.pipeInput(key("a"), (byte[]) null);
        cpu.pipeInput(key("a"), load("a", 301, 1));
        cpu.pipeInput(key("a"), load("a", 300, 1));

        List<TestRecord<byte[], byte[]>> all = deadLetters.readRecordsToList();
        assertThat(all).hasSize(4);
        assertThat(all.get(0).value()).isEqualTo(over);
        assertThat(header(all.get(0), "topic")).isEqualTo("in.cpu");
        assertThat(header(all.get(0), "offset")).isEqualTo("0");
        assertThat(header(all.get(0), "connector.name")).isEqualTo("alerts");
        assertThat(header(all.get(0), "exception.message")).contains("found 1.5, expected 0 to 1 (rule Share)");
        assertThat(header(all.get(1), "exception.message")).contains("not JSON");
        assertThat(all.get(2).value()).isNull();
        assertThat(header(all.get(3), "exception.message")).contains("the sender's clock is ahead");
        assertThat(store().get("a")).isNotNull();
        assertThat(registry.get("wadi.alerts.rejected.documents")
                        .tags("to", "nowhere")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void hostsBeyondTheLimit_areRejected() {
        for (int host = 0; host < 4; host++) {
            cpu.pipeInput(key("host-" + host), load("host-" + host, 0, 1));
        }

        assertThat(deadLetters.readRecordsToList())
                .extracting(deadLetter -> header(deadLetter, "exception.message"))
                .singleElement()
                .asString()
                .contains("host-3", "expected no more");
    }

    @Test
    void changedRules_applyToKnownHosts() throws Exception {
        cpu.pipeInput(key("web-01"), load("web-01", 0, 5));
        cpu.pipeInput(key("web-01"), load("web-01", 60, 5));
        byte[] before = store().get("web-01");

        Files.writeString(file, RULES.formatted("9"));
        rules.check();
        tick();
        assertThat(changes.readRecordsToList()).as("seen only once").hasSize(2);

        rules.check();
        tick();

        assertThat(changes.readRecordsToList())
                .extracting(change -> json(change.value(), "state"), change -> json(change.value(), "reason"))
                .containsExactly(tuple("resolved", "rule-changed"));
        assertThat(store().get("web-01")).isNotNull().isNotEqualTo(before);
    }

    /** The time of the last document would be before the time at which the alert fired. */
    @Test
    void noDataAlertOfAChangedRule_endsAfterItFired() throws Exception {
        cpu.pipeInput(key("web-01"), load("web-01", 0, 1));
        update(121, 120);
        tick();
        Files.writeString(file, RULES.formatted("9"));
        rules.check();
        rules.check();
        tick();

        assertThat(changes.readRecordsToList())
                .extracting(change -> json(change.value(), "state"), change -> json(change.value(), "at"))
                .startsWith(
                        tuple("firing", START.plusSeconds(120).toString()),
                        tuple("resolved", START.plusSeconds(121).toString()));
    }

    @Test
    void noDataAlertOfARuleRemovedBeforeTheStart_endsAfterItFired() throws IOException {
        cpu.pipeInput(key("web-01"), load("web-01", -600, 1));
        update(0, 120);
        tick();
        byte[] state = store().get("web-01");
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>(settings());
        AlertProcessor processor = processorWithoutRules(context, state);

        processor.init(context);
        processor.process(new Record<>(key("web-02"), load("web-02", 1, 1), START.toEpochMilli()));

        assertThat(changes.readRecordsToList())
                .extracting(change -> json(change.value(), "at"))
                .containsExactly(START.minusSeconds(480).toString());
        assertThat(context.forwarded())
                .extracting(each -> json(each.record().value(), "at"))
                .containsExactly(START.toString());
    }

    /** Returns a processor after a restart without rules, with the state of web-01. */
    private AlertProcessor processorWithoutRules(MockProcessorContext<byte[], byte[]> context, byte[] state)
            throws IOException {
        Files.writeString(file, "rules: []\n");
        rules = ActiveRules.read(file.toString(), Duration.ofHours(1));
        storeIn(context).put("web-01", state);
        return new AlertProcessor(topology());
    }

    @Test
    void invalidRules_keepThePreviousOnes() throws Exception {
        Files.writeString(file, RULES.formatted("much"));
        rules.check();
        rules.check();
        cpu.pipeInput(key("web-01"), load("web-01", 0, 5));

        assertThat(changes.readRecordsToList()).hasSize(1);
        assertThat(rules.mistakes()).singleElement().asString().startsWith("alerts.yaml line 2, column ");
        assertThat(registry.get("wadi.alerts.rules.valid").gauge().value()).isZero();

        Files.writeString(file, RULES.formatted("4"));
        rules.check();
        rules.check();
        assertThat(rules.mistakes()).isEmpty();
    }

    @Test
    void activeAlerts_areCountedByRuleAndState() {
        cpu.pipeInput(key("a"), load("a", 0, 5));
        cpu.pipeInput(key("b"), load("b", 0, 5));
        cpu.pipeInput(key("b"), load("b", 60, 5));
        tick();

        assertThat(active("pending")).isEqualTo(1);
        assertThat(active("firing")).isEqualTo(1);
        assertThat(registry.get("wadi.alerts.hosts").gauge().value()).isEqualTo(2);
    }

    /** An empty state instead would leave alerts firing forever. */
    @Test
    void unreadableState_stopsTheTask() {
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>(settings());
        KeyValueStore<String, byte[]> store = storeIn(context);
        store.put("web-01", new byte[] {2, 0, 0});
        AlertProcessor processor = new AlertProcessor(topology());

        assertThatIllegalStateException()
                .isThrownBy(() -> processor.init(context))
                .withMessage("Alert state of host \"web-01\" in test-hosts-changelog cannot be read: alert state of 3"
                        + " bytes: found version 2, expected 1. Start the version of Wadi that wrote it; or stop Wadi"
                        + " and delete this topic and the group test, so that all alerts start over");
        assertThat(store.get("web-01")).isNotNull();
    }

    private static KeyValueStore<String, byte[]> storeIn(MockProcessorContext<byte[], byte[]> context) {
        KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(AlertsTopology.STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        return store;
    }

    /** After a commit that timed out, Kafka Streams initializes the same processor again. */
    @Test
    void secondInitialization_doesNotRepeatChangesOfRemovedRules() throws IOException {
        cpu.pipeInput(key("web-01"), load("web-01", 0, 5));
        byte[] state =
                driver.<String, byte[]>getKeyValueStore(AlertsTopology.STORE).get("web-01");
        MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>(settings());
        AlertProcessor processor = processorWithoutRules(context, state);

        processor.init(context);
        processor.init(context);
        processor.process(new Record<>(key("web-02"), load("web-02", 1, 1), START.toEpochMilli()));

        assertThat(context.forwarded())
                .extracting(each -> new String(each.record().key(), UTF_8))
                .containsExactly("Busy@web-01");
    }

    private double active(String state) {
        return registry.get("wadi.alerts.active")
                .tags("rule", "Busy", "state", state)
                .gauge()
                .value();
    }

    private void update(int second, int availableSeconds) {
        Progress progress = new Progress(START.plusSeconds(second).toEpochMilli(), availableSeconds * 1000L);
        noDataClocks.clocks().forEach(clock -> clock.update(progress));
    }

    private void tick() {
        driver.advanceWallClockTime(AlertProcessor.CHECK_INTERVAL);
    }

    private KeyValueStore<String, byte[]> store() {
        return driver.getKeyValueStore(AlertsTopology.STORE);
    }

    private static byte[] key(String host) {
        return bytes(host);
    }

    private static byte[] load(String host, int second, int load) {
        return bytes("""
                {"@timestamp":"%s","metricset":{"name":"load"},"host":{"name":"%s"},"system":{"load":{"1":%d}}}""".formatted(START.plusSeconds(second), host, load));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String json(byte[] value, String field) {
        try {
            JsonNode parsed = new ObjectMapper().readTree(value);
            return parsed.path(field).asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
