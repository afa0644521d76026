package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.streams.definition.StreamsFile;
import io.wadi.testing.Heap;
import io.wadi.testing.Nightly;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** The heap for the ids of the step {@code deduplicate}. */
class DeduplicationMemoryTest {
    private static final String TOPOLOGY =
            "{from: {topic: in, value: json}, steps: [deduplicate: {by: /id, within: 1h, max-ids: 1000000}], to: out}";
    private static final int IDS = 500_000;

    private static Optional<String> mistake(String yaml, long heapMib) {
        return mistake(Map.of("test", yaml), heapMib);
    }

    private static Optional<String> mistake(Map<String, String> files, long heapMib) {
        List<StreamsFile> read = files.entrySet().stream()
                .map(each -> TopologyDriver.read(each.getKey(), each.getValue(), Map.of()))
                .toList();
        Map<String, Integer> partitions = Map.of("in", 3, "users", 12);
        return DeduplicationMemory.mistake(read, topic -> Optional.ofNullable(partitions.get(topic)), heapMib << 20);
    }

    @Test
    void idsBeyondHalfOfTheHeap_preventTheStart() {
        assertThat(mistake(TOPOLOGY, 1649)).isEmpty();
        assertThat(mistake(TOPOLOGY, 1647))
                .hasValue("deduplicate: partitions × max-ids is 3000000, for which 824 MiB of the heap are necessary:"
                        + " expected at most half of the 1647 MiB that the JVM allows; decrease max-ids, or increase"
                        + " -Xmx");
    }

    @Test
    void idsOfSeveralFiles_areAdded() {
        Map<String, String> files = Map.of("first", TOPOLOGY, "second", TOPOLOGY.replace("1000000", "2000000"));

        assertThat(mistake(files, 4945)).isEmpty();
        assertThat(mistake(files, 4943))
                .hasValue("deduplicate: partitions × max-ids is 9000000 (3000000 in streams/first.yaml, 6000000 in"
                        + " streams/second.yaml), for which 2472 MiB of the heap are necessary: expected at most half"
                        + " of the 4943 MiB that the JVM allows; decrease max-ids, or increase -Xmx");
    }

    @Test
    void shippedLimit_fitsThreePartitionsInTheShippedHeap() {
        assertThat(mistake("{from: in, steps: [deduplicate: {within: 1h}], to: out}", 256))
                .isEmpty();
    }

    @Test
    void allStepsCount_withThePartitionsAtTheirPlace() {
        String deduplicate = "deduplicate: {within: 1h, max-ids: 1000}";
        String repartition = "repartition: {partitions: 6}";

        assertThat(mistake(
                        "{from: in, steps: [%s, %s, %s], to: out}".formatted(deduplicate, repartition, deduplicate), 1))
                .hasValueSatisfying(mistake -> assertThat(mistake).contains("is 9000, "));
        assertThat(mistake(
                        ("{tables: {user: {topic: users}}, from: in, steps: [select-key: {jq: .}, join: {table: user},"
                                        + " branch: [{steps: [%s], to: out}]]}")
                                .formatted(deduplicate),
                        1))
                .hasValueSatisfying(mistake -> assertThat(mistake).contains("is 12000, "));
    }

    @Test
    @Nightly(perChange = "DeduplicationMemoryTest#idsBeyondHalfOfTheHeap_preventTheStart")
    void id_takesTheStatedBytes() {
        assertThat(filled().approximateNumEntries()).isEqualTo(2L * IDS);

        double perId = Heap.retained(DeduplicationMemoryTest::filled) / (double) IDS;

        System.out.printf("deduplicate: %.0f bytes of heap per id of 36 characters%n", perId);
        assertThat(perId).isBetween(DeduplicationMemory.BYTES * 0.85, DeduplicationMemory.BYTES * 1.05);
    }

    private static KeyValueStore<Bytes, byte[]> filled() {
        KeyValueStore<Bytes, byte[]> store = Stores.inMemoryKeyValueStore("ids").get();
        for (int i = 0; i < IDS; i++) {
            byte[] id = new UUID(0, i).toString().getBytes(UTF_8);
            store.put(Bytes.wrap(Deduplication.idKey(id)), new byte[Long.BYTES]);
            // A restored entry has its own array.
            store.put(Bytes.wrap(Deduplication.timeKey(i, id)), new byte[0]);
        }
        return store;
    }
}
