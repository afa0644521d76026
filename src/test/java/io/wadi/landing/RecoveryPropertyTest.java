package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.Records;
import io.wadi.kafka.Runs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.TopicPartition;

/** Where a new owner goes on, whatever the users have moved away and however far the commit lags. */
class RecoveryPropertyTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 0);
    private static final Layout LAYOUT = new Layout("/data");
    private static final Rotation NEVER = new Rotation(1_000_000, 1L << 40, Duration.ofDays(1));

    @Property(tries = 300)
    void open_goesOnAfterAllThatEverLanded(
            @ForAll("ends") Set<Long> ends, @ForAll("offset") long lag, @ForAll Set<Integer> moved) {
        MemoryFileStore store = new MemoryFileStore();
        List<LandedFile> files = new ArrayList<>();
        long first = 0;
        for (long end : new TreeSet<>(ends)) {
            files.add(new LandedFile(PARTITION, first, end));
            first = end + 1;
        }
        long next = first;
        long committed = Math.max(0, next - lag);
        for (int i = 0; i < files.size(); i++) {
            // Users move away what is committed, and nothing else.
            if (files.get(i).last() >= committed || !moved.contains(i)) {
                store.put(LAYOUT.visible(files.get(i)), "");
            }
        }

        PartitionLander lander = PartitionLander.open(
                Runs.of(List.of(Records.record(PARTITION, committed, "v")), () -> committed),
                store,
                LAYOUT,
                NEVER,
                (record, cause) -> {},
                () -> 0);

        assertThat(lander.position()).isEqualTo(next);
        assertThat(lander.committable()).isEqualTo(next);
    }

    @Provide
    Arbitrary<Set<Long>> ends() {
        return offset().set().ofMinSize(1).ofMaxSize(15);
    }

    @Provide
    Arbitrary<Long> offset() {
        return Arbitraries.longs().between(0, 100);
    }
}
