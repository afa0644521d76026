package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.management.lag.GroupSample.Owner;
import io.wadi.testing.Heap;
import io.wadi.testing.Nightly;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Prints the cost of one round of the lag monitor, without Kafka, for 200 topics of 50 partitions and two groups. */
@Nightly(perChange = {"LagStoreTest"})
class LagCostTest {
    private static final int TOPICS = 200;
    private static final int PARTITIONS = 50;
    private static final int GROUPS = 2;
    private static final int ROUNDS = 40;
    private static final long EVERY_MS = 10_000;

    private final Map<String, Integer> topics = new HashMap<>();
    private final List<TopicPartition> partitions = new ArrayList<>();

    @Test
    void roundOfTenThousandPartitions_reportsEachPartition() {
        for (int topic = 0; topic < TOPICS; topic++) {
            topics.put("topic-" + topic, PARTITIONS);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                partitions.add(new TopicPartition("topic-" + topic, partition));
            }
        }
        long before = Heap.used();
        LagStore store = new LagStore(
                new LagStore.Limits(new LagEvaluator.Rules(0, 3), GROUPS * partitions.size(), EVERY_MS / 2));
        long[] cpu = new long[ROUNDS];
        LagReport report = LagReport.NONE;
        for (int round = 0; round < ROUNDS; round++) {
            ClusterSample sample = sample(round);
            long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (GroupSample group : sample.groups()) {
                group.committed()
                        .forEach((partition, offset) ->
                                store.committed(group.group(), partition, offset, sample.timeMs() - 1));
            }
            report = store.update(sample, true);
            cpu[round] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun;
        }
        assertThat(report.groups())
                .hasSize(GROUPS)
                .allSatisfy(group -> assertThat(group.partitions()).hasSize(partitions.size()));
        long kept = Heap.used() - before;
        long[] warm = Arrays.copyOfRange(cpu, ROUNDS / 2, ROUNDS);
        Arrays.sort(warm);
        System.out.printf(
                "| %,d partitions, %d groups | %d ms CPU a round (the first %d ms) | %.2f %% of a core | %d MiB with %d bytes a partition of a group |%n",
                partitions.size(),
                GROUPS,
                warm[warm.length / 2] / 1_000_000,
                cpu[0] / 1_000_000,
                warm[warm.length / 2] / 10_000.0 / EVERY_MS,
                kept >> 20,
                kept / GROUPS / partitions.size());
        assertThat(store.update(sample(ROUNDS), true).groups()).hasSize(GROUPS);
    }

    /** Adds a hundred records to each partition, with a small lag of each group. */
    private ClusterSample sample(int round) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        Map<TopicPartition, Owner> owners = new HashMap<>();
        Owner owner = new Owner("client", "/127.0.0.1");
        partitions.forEach(each -> {
            ends.put(each, 100L * round + 100);
            owners.put(each, owner);
        });
        List<GroupSample> groups = new ArrayList<>();
        for (int group = 0; group < GROUPS; group++) {
            Map<TopicPartition, Long> committed = new HashMap<>();
            partitions.forEach(each -> committed.put(each, 100L * round + each.partition()));
            groups.add(new GroupSample("group-" + group, "Classic", "Stable", 1, owners, committed, ""));
        }
        return new ClusterSample(1_800_000_000_000L + round * EVERY_MS, groups, 0, topics, ends, Map.of(), Set.of());
    }
}
