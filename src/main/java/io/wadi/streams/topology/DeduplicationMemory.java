package io.wadi.streams.topology;

import io.wadi.streams.definition.Flow;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.StreamsFile;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The heap that the ids of the steps {@code deduplicate} of a file need at most, in a process with all partitions. */
final class DeduplicationMemory {
    /** The heap for an id of 36 characters, such as a UUID, in bytes; each further character takes two more. */
    static final int BYTES = 288;

    private final Function<String, Optional<Integer>> partitions;
    private long ids;

    private DeduplicationMemory(Function<String, Optional<Integer>> partitions) {
        this.partitions = partitions;
    }

    /**
     * Describes the mistake if the ids do not fit in half of the heap; empty if they do.
     *
     * @param partitions returns the number of partitions of a topic
     * @param heap the maximum size of the heap in bytes
     */
    static Optional<String> mistake(StreamsFile file, Function<String, Optional<Integer>> partitions, long heap) {
        DeduplicationMemory memory = new DeduplicationMemory(partitions);
        for (Flow flow : file.flows()) {
            memory.add(flow.steps(), memory.partitionsOf(flow.from().topic()));
        }
        if (memory.ids * BYTES <= heap / 2) {
            return Optional.empty();
        }
        return Optional.of(
                ("deduplicate: partitions × max-ids is %d, for which %d MiB of the heap are necessary: expected at most"
                                + " half of the %d MiB that the JVM allows; decrease max-ids, or increase -Xmx")
                        .formatted(memory.ids, mib(memory.ids * BYTES), mib(heap)));
    }

    private int partitionsOf(String topic) {
        return partitions.apply(topic).orElse(1);
    }

    private void add(List<Step> steps, int count) {
        int now = count;
        for (Step step : steps) {
            if (step instanceof Step.Deduplicate deduplicate) {
                ids += (long) now * deduplicate.maxIds();
            } else if (step instanceof Step.Repartition repartition && repartition.partitions() > 0) {
                now = repartition.partitions();
            } else if (step instanceof Step.Join join && !join.table().isGlobal()) {
                now = partitionsOf(join.table().topic());
            }
            for (Step.Arm arm : step.arms()) {
                add(arm.steps(), now);
            }
        }
    }

    private static long mib(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
