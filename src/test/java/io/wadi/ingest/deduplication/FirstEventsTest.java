package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.wadi.runtime.config.SettingsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstEventsTest {
    private static final int EXPIRED_AT_ONCE = 500;

    /** A reference model: a queue and a map. */
    private static final class Model {
        private final Deque<Map.Entry<Digest, First>> queue = new ArrayDeque<>();
        private final Map<Digest, First> firsts = new HashMap<>();

        void put(Digest id, First first) {
            queue.addLast(Map.entry(id, first));
            firsts.put(id, first);
        }

        void expire(long beforeMs) {
            for (int removed = 0; !queue.isEmpty() && removed < EXPIRED_AT_ONCE; removed++) {
                Map.Entry<Digest, First> oldest = queue.getFirst();
                boolean isCurrent = oldest.getValue().equals(firsts.get(oldest.getKey()));
                if (isCurrent && oldest.getValue().timeMs() >= beforeMs) {
                    return;
                }
                queue.removeFirst();
                if (isCurrent) {
                    firsts.remove(oldest.getKey());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100, 5_000, 1_000_000})
    void randomOperations_behaveLikeAMap(int ids) {
        Random random = new Random(ids);
        long before = outsideHeap();
        IdLimit limit = new IdLimit(30, 1_000_000);
        Model model = new Model();
        try (FirstEvents events = new FirstEvents(limit)) {
            long time = 0;
            long window = 1;
            for (int i = 0; i < 40_000; i++) {
                if (i % 4_000 == 0) {
                    window = 1L << random.nextInt(16); // from nearly empty to several segments, and back
                }
                time += random.nextInt(3);
                Digest id = id(random.nextInt(ids));
                assertThat(events.find(id)).isEqualTo(model.firsts.get(id));
                if (random.nextInt(3) > 0) {
                    First first = new First(
                            random.nextInt(100),
                            random.nextLong(),
                            time - random.nextInt(5),
                            new Digest(random.nextLong(), i),
                            random.nextInt());
                    limit.tryRestore(first.sender());
                    events.put(id, first);
                    model.put(id, first);
                }
                if (random.nextInt(10) == 0) {
                    events.expire(time - window, EXPIRED_AT_ONCE);
                    model.expire(time - window);
                }
                assertThat(events.size()).isEqualTo(model.queue.size());
            }
            model.firsts.forEach((id, first) -> assertThat(events.find(id)).isEqualTo(first));
            assertThat(limit.ids()).isEqualTo(events.size());
            events.expire(Long.MAX_VALUE, Integer.MAX_VALUE);
            assertThat(events.bytes()).isZero();
            assertThat(events.find(id(0))).isNull();
            limit.tryRestore(5);
            events.put(id(0), new First(1, 2, 3, id(4), 5));
            assertThat(events.find(id(0))).isEqualTo(new First(1, 2, 3, id(4), 5));
        }
        assertThat(limit.ids()).isZero();
        for (int sender = 0; sender < 1 << 16; sender++) {
            assertThat(limit.ids(sender)).isZero();
        }
        assertThat(outsideHeap()).isEqualTo(before);
    }

    /** Kafka stores them, or rejects some. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100, 3_000})
    void addedEvents_areLocatedOrRemoved(int ids) {
        Random random = new Random(ids);
        IdLimit limit = new IdLimit(30, 1_000_000);
        Map<Digest, First> located = new HashMap<>();
        List<Map.Entry<Digest, First>> added = new ArrayList<>();
        try (FirstEvents events = new FirstEvents(limit)) {
            for (int i = 0; i < 2_000; i++) {
                for (int count = random.nextInt(40); count > 0; count--) {
                    Digest id = id(random.nextInt(ids));
                    limit.tryRestore(count);
                    added.add(Map.entry(id, events.add(id, i, id(count), count)));
                }
                Map<Digest, First> expected = new HashMap<>(located);
                added.forEach(each -> expected.put(each.getKey(), each.getValue()));
                for (int id = 0; id < ids; id += 1 + random.nextInt(ids)) {
                    assertThat(events.find(id(id))).isEqualTo(expected.get(id(id)));
                }
                if (random.nextInt(3) == 0) {
                    events.removeUnlocated();
                } else {
                    List<First> locations = new ArrayList<>();
                    for (Map.Entry<Digest, First> each : added) {
                        TopicPartition partition = new TopicPartition("t", random.nextInt(100));
                        locations.add(each.getValue().at(new RecordMetadata(partition, i, locations.size(), 0, 0, 0)));
                        located.put(each.getKey(), locations.get(locations.size() - 1));
                    }
                    events.locate(locations);
                }
                added.clear();
                if (random.nextInt(3) == 0) {
                    events.expire(i - 1_000, EXPIRED_AT_ONCE);
                    int before = i - 1_000;
                    located.values().removeIf(first -> first.timeMs() < before);
                }
                assertThat(limit.ids()).isEqualTo(events.size());
            }
            for (int id = 0; id < ids; id++) {
                assertThat(events.find(id(id))).isEqualTo(located.get(id(id)));
            }
            events.expire(Long.MAX_VALUE, Integer.MAX_VALUE);
            assertThat(events.bytes()).isZero();
        }
        assertThat(limit.ids()).isZero();
    }

    @Test
    void find_extremeTimeOffsetAndSender_returnsThem() {
        try (FirstEvents events = new FirstEvents(new IdLimit(10, 10))) {
            First latest = new First(Integer.MAX_VALUE, Long.MAX_VALUE, (1L << 47) - 1, id(2), -1);
            First earliest = new First(0, 0, 1 - (1L << 47), id(3), 0xabcd_1234);
            events.put(id(1), latest);
            events.put(id(2), earliest);
            events.put(id(3), new First(0, 0, Long.MAX_VALUE, id(3), 0));
            events.put(id(4), new First(0, 0, Long.MIN_VALUE, id(3), 0));

            assertThat(events.find(id(1))).isEqualTo(latest);
            assertThat(events.find(id(2))).isEqualTo(earliest);
            assertThat(events.find(id(3)).timeMs()).isEqualTo(latest.timeMs());
            assertThat(events.find(id(4)).timeMs()).isEqualTo(earliest.timeMs());
        }
    }

    @Test
    void event_usesTheStatedMemory() {
        try (FirstEvents events = new FirstEvents(new IdLimit(1, 1))) {
            int count = 10 * OffHeapArray.LENGTH;
            for (int i = 0; i < count; i++) {
                events.put(id(i), new First(0, i, i, id(i), 0));
            }
            assertThat(events.bytes()).isEqualTo((long) count * FirstEvents.BYTES);
        }
    }

    @Test
    void idsBeyondHalfOfTheMemory_failTheStart() {
        DeduplicationFeature.checkMemory(1_000_000, 128 << 20);
        assertThatThrownBy(() -> DeduplicationFeature.checkMemory(1_200_000, 128 << 20))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("wadi.deduplication.max-ids is 1200000, for which 74 MiB outside the heap");
    }

    /** Clients can find ids whose digests have the same low bits. */
    @Test
    void idsWithTheSameLowBits_haveDifferentBuckets() {
        long buckets = LongStream.range(0, 10_000)
                .map(i -> IdTable.hash((i << 20) + 7) & ((1 << 20) - 1))
                .distinct()
                .count();

        assertThat(buckets).isGreaterThan(9_800);
    }

    @Test
    void idsWithTheSameHash_areDifferent() {
        try (FirstEvents events = new FirstEvents(new IdLimit(1, 1))) {
            for (int i = 0; i < 100; i++) {
                events.put(new Digest(i, 7), new First(0, i, i, id(i), 0));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(events.find(new Digest(i, 7))).isEqualTo(new First(0, i, i, id(i), 0));
            }
            assertThat(events.find(new Digest(100, 7))).isNull();
        }
    }

    private static Digest id(int number) {
        return Digest.ofId(
                "t", new byte[] {(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number});
    }

    private static long outsideHeap() {
        return UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
