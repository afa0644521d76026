package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.streams.definition.Step;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The step {@code deduplicate}. */
class DeduplicationTest {
    @AutoClose
    private TopologyDriver streams;

    private void start(String steps) {
        streams = TopologyDriver.of("{from: {topic: in, value: json}, steps: [%s], to: out}".formatted(steps));
    }

    @Test
    void firstRecordOfEachId_isForwardedWithItsKeyAndTime_forAnyKeyOfADuplicate() {
        start("deduplicate: {by: /id, within: 10s}");

        streams.send("in", "a", "{\"id\":1}", 0)
                .send("in", "b", "{\"id\":1}", 1)
                .send("in", null, "{\"id\":2}", 2);

        assertThat(streams.records("out"))
                .extracting(TestRecord::timestamp)
                .containsExactly(
                        TopologyDriver.START.toEpochMilli(),
                        TopologyDriver.START.plusSeconds(2).toEpochMilli());
        assertThat(streams.send("in", "c", "{\"id\":3}", 3).read("out")).containsExactly("c={\"id\":3}");
        assertThat(streams.send("in", null, "{\"id\":4}", 3).read("out")).containsExactly("null={\"id\":4}");
        assertThat(streams.rejections()).isEmpty();
    }

    @Test
    void window_startsWithTheFirst_andIsNotExtendedByDuplicates() {
        start("deduplicate: {by: /id, within: 10s}");

        streams.send("in", "a", "{\"id\":1}", 0).send("in", "b", "{\"id\":1}", 9);
        assertThat(streams.read("out")).containsExactly("a={\"id\":1}");

        assertThat(streams.send("in", "c", "{\"id\":1}", 10).read("out")).containsExactly("c={\"id\":1}");
        assertThat(streams.send("in", "d", "{\"id\":1}", 19).read("out")).isEmpty();
    }

    @Test
    void timeOfATable_doesNotEndTheWindow() {
        streams = TopologyDriver.of("""
                tables: {user: {topic: users}}
                from: in
                steps:
                  - deduplicate: {within: 10s}
                  - join: {table: user, missing: keep}
                to: out
                """);

        streams.send("users", "u", "x", 3600).send("in", "a", "1", 0).send("in", "a", "2", 1);

        assertThat(streams.read("out")).containsExactly("a=1");
    }

    @Test
    void withoutAField_keysAreTheIds() {
        start("deduplicate: {within: 10s}");

        streams.send("in", "a", "1", 0).send("in", "a", "2", 1).send("in", "b", "3", 2);

        assertThat(streams.read("out")).containsExactly("a=1", "b=3");
    }

    @Test
    void longIds_areDeadLetters() {
        start("deduplicate: {by: /id, within: 10s}");

        for (int length : List.of(1024, 1025)) {
            streams.send("in", "a", "{\"id\":\"%s\"}".formatted("x".repeat(length)), 0);
        }

        assertThat(streams.read("out")).hasSize(1);
        assertThat(streams.rejections()).containsExactly("deduplicate: the id has 1,025 bytes, expected at most 1,024");
    }

    /** In UTF-8, each of these ids would be a question mark. */
    @Test
    void idsThatUtf8CannotEncode_areDeadLetters() {
        start("deduplicate: {by: /id, within: 10s}");

        streams.send("in", "a", "{\"id\":\"\\ud800\"}", 0).send("in", "b", "{\"id\":\"\\ud801\"}", 0);

        assertThat(streams.read("out")).isEmpty();
        assertThat(streams.rejections())
                .hasSize(2)
                .containsOnly("deduplicate: the id at /id has an unpaired surrogate, which UTF-8 cannot encode");
    }

    @Test
    void recordsWithoutAnId_areDeadLetters() {
        start("deduplicate: {by: /id, within: 10s}");

        streams.send("in", "a", "{}", 0).send("in", "b", "{\"id\":null}", 0).send("in", "c", "{\"id\":[1]}", 0);

        assertThat(streams.read("out")).isEmpty();
        assertThat(streams.rejections())
                .containsExactly(
                        "deduplicate: the value has nothing at /id, expected an id: a text, number or boolean",
                        "deduplicate: the value has null at /id, expected an id: a text, number or boolean",
                        "deduplicate: the value has an array at /id, expected an id: a text, number or boolean");
    }

    @Test
    void idsBeyondTheLimit_areDeadLetters_untilOthersHaveExpired() {
        start("deduplicate: {by: /id, within: 10s, max-ids: 2}");

        streams.send("in", "a", "{\"id\":1}", 0)
                .send("in", "b", "{\"id\":2}", 1)
                .send("in", "c", "{\"id\":3}", 2)
                .send("in", "d", "{\"id\":1}", 3);

        assertThat(streams.read("out")).containsExactly("a={\"id\":1}", "b={\"id\":2}");
        assertThat(streams.rejections())
                .containsExactly("deduplicate: partition 0 stores 2 ids, and this id is new: expected at most max-ids"
                        + " within 10s");
        assertThat(streams.send("in", "c", "{\"id\":3}", 10).read("out")).containsExactly("c={\"id\":3}");
    }

    /** The ids of an evening expire with the first record of the morning. */
    @Test
    void manyExpiredIds_areNotCopiedForEachRecord() {
        start("deduplicate: {by: /id, within: 1h}");
        for (int id = 0; id < 20_000; id++) {
            streams.send("in", "a", "{\"id\":%d}".formatted(id), 0);
        }
        streams.read("out");
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();

        for (int id = 0; id < 300; id++) {
            streams.send("in", "a", "{\"id\":\"new-%d\"}".formatted(id), 3600);
        }

        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(128L << 20);
        assertThat(streams.read("out")).hasSize(300);
    }

    @Test
    void expiredIdThatIsStoredAgain_isNotForgotten() {
        start("deduplicate: {by: /id, within: 1h}");
        for (int id = 100; id < 160; id++) {
            streams.send("in", "a", "{\"id\":%d}".formatted(id), 0);
        }

        streams.send("in", "a", "{\"id\":1}", 3600).send("in", "a", "{\"id\":159}", 3601);
        for (int id = 200; id < 210; id++) {
            streams.send("in", "a", "{\"id\":%d}".formatted(id), 3602);
        }
        streams.read("out");

        assertThat(streams.send("in", "a", "{\"id\":159}", 3603).read("out")).isEmpty();
        assertThat(streams.send("in", "a", "{\"id\":159}", 7201).read("out")).containsExactly("a={\"id\":159}");
    }

    /** After a commit that timed out, Kafka Streams initializes the processors again and repeats the transaction. */
    @Test
    void duplicateInARepeatedTransaction_isDropped_althoughItsLaterRecordsWereRead() {
        Deduplication deduplication = new Deduplication(
                "ids",
                new Step.Deduplicate(null, Duration.ofSeconds(10), 100, 1),
                new Deduplication.Meters(new SimpleMeterRegistry(), "streams-test"));

        for (int attempt = 1; attempt <= 2; attempt++) {
            MockProcessorContext<byte[], Deduplication.First> context = contextWithoutIds();
            deduplication.init(context);
            process(deduplication, "a", 0);
            process(deduplication, "a", 1);
            process(deduplication, "b", 3600);
            deduplication.close();

            assertThat(context.forwarded()).as("attempt %d", attempt).hasSize(2);
        }
    }

    private static MockProcessorContext<byte[], Deduplication.First> contextWithoutIds() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        MockProcessorContext<byte[], Deduplication.First> context = new MockProcessorContext<>(settings);
        KeyValueStore<byte[], byte[]> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore("ids"), Serdes.ByteArray(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        return context;
    }

    /** Processes a record without key and value, as {@link Deduplication#write} serializes it. */
    private static void process(Deduplication deduplication, String id, long second) {
        byte[] withoutKey = ByteBuffer.allocate(Integer.BYTES).putInt(-1).array();
        deduplication.process(new Record<>(id.getBytes(UTF_8), withoutKey, second * 1000));
    }

    @Test
    void countAfterDeduplication_usesTheOriginalKey() {
        start("{deduplicate: {by: /id, within: 10s}}, {count: true}");

        streams.send("in", "a", "{\"id\":1}", 0)
                .send("in", "a", "{\"id\":1}", 0)
                .send("in", "a", "{\"id\":2}", 1);

        assertThat(streams.read("out")).containsExactly("a=1", "a=2");
    }

    @Test
    void duplicates_areCounted() {
        start("deduplicate: {by: /id, within: 10s}");

        streams.send("in", "a", "{\"id\":1}", 0)
                .send("in", "b", "{\"id\":1}", 1)
                .send("in", "c", "{\"id\":1}", 2);

        assertThat(streams.count("wadi.streams.duplicates")).isEqualTo(2);
    }

    @Test
    void storedIds_areMeasured_untilTheTaskIsClosed() {
        TopologyDriver driver = TopologyDriver.of("{from: in, steps: [deduplicate: {within: 10s}], to: out}");
        try (driver) {
            driver.send("in", "a", "x", 0).send("in", "b", "x", 1).send("in", "a", "x", 2);
            assertThat(driver.gauge("wadi.streams.deduplication.ids")).hasValue(2.0);

            driver.send("in", "c", "x", 20);
            assertThat(driver.gauge("wadi.streams.deduplication.ids")).hasValue(1.0);
        }
        assertThat(driver.gauge("wadi.streams.deduplication.ids")).isEmpty();
    }

    @Test
    void resultsWithANewKey_areComparedByIt_alsoInABranch() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - window: {tumbling: 10s}
                  - count: true
                  - select-key: {simple: "${body}"}
                  - branch:
                      - steps:
                          - deduplicate: {within: 1h}
                        to: out
                """);

        streams.send("in", "a", "x", 0).send("in", "b", "x", 1).send("in", "a", "x", 2);

        assertThat(streams.read("out")).containsExactly("1=1", "2=2");
        assertThat(streams.rejections()).isEmpty();
    }
}
