package io.wadi.streams.topology;

import io.wadi.kafka.AdminRequests;
import io.wadi.streams.definition.Flow;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.StreamsFile;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * The heap that the ids of the steps {@code deduplicate} of all running files need at most, in a process with all
 * partitions. Thread-safe.
 */
public final class DeduplicationMemory {
    /** The heap for an id of 36 characters, such as a UUID, in bytes; each further character takes two more. */
    static final int BYTES = 288;

    private volatile List<StreamsFile> running = List.of();

    /** Sets the flows that this process runs. */
    public void setRunning(Collection<DeclaredFlow> flows) {
        running = flows.stream().map(DeclaredFlow::file).toList();
    }

    /**
     * Describes the mistake if a file has ids, and they and those of the other running files do not fit in half of the
     * heap; empty if they do.
     */
    Optional<String> mistake(StreamsFile file, Admin admin) throws InterruptedException {
        if (!hasIds(file)) {
            return Optional.empty();
        }
        Map<String, StreamsFile> files = new TreeMap<>();
        running.stream().filter(DeduplicationMemory::hasIds).forEach(each -> files.put(each.name(), each));
        files.put(file.name(), file);
        Map<String, Integer> partitions = partitions(files.values(), admin);
        return mistake(
                files.values(),
                topic -> Optional.ofNullable(partitions.get(topic)),
                Runtime.getRuntime().maxMemory());
    }

    private static boolean hasIds(StreamsFile file) {
        return ids(file, topic -> Optional.empty()) > 0;
    }

    /** Returns the partition counts of the input topics. A topic that does not exist or may not be read is omitted. */
    private static Map<String, Integer> partitions(Collection<StreamsFile> files, Admin admin)
            throws InterruptedException {
        Set<String> topics = new LinkedHashSet<>();
        for (StreamsFile file : files) {
            file.flows().forEach(flow -> topics.add(flow.from().topic()));
            file.tables().forEach(table -> topics.add(table.topic()));
        }
        Map<String, Integer> partitions = new HashMap<>();
        for (String each : topics) {
            try {
                partitions.putAll(AdminRequests.partitionCounts(admin, List.of(each)));
            } catch (AuthorizationException e) {
                // The topic's own file reports it.
            }
        }
        return partitions;
    }

    /**
     * Describes the mistake if the ids of files do not fit in half of the heap; empty if they do.
     *
     * @param partitions returns the number of partitions of a topic
     * @param heap the maximum size of the heap in bytes
     */
    static Optional<String> mistake(
            Collection<StreamsFile> files, Function<String, Optional<Integer>> partitions, long heap) {
        Map<String, Long> ids = new TreeMap<>();
        files.forEach(file -> ids.put(file.name(), ids(file, partitions)));
        long sum = ids.values().stream().mapToLong(Long::longValue).sum();
        if (sum * BYTES <= heap / 2) {
            return Optional.empty();
        }
        String parts = ids.size() == 1
                ? ""
                : ids.entrySet().stream()
                        .map(each -> "%d in streams/%s.yaml".formatted(each.getValue(), each.getKey()))
                        .collect(Collectors.joining(", ", " (", ")"));
        return Optional.of(
                ("deduplicate: partitions × max-ids is %d%s, for which %d MiB of the heap are necessary: expected at"
                                + " most half of the %d MiB that the JVM allows; decrease max-ids, or increase -Xmx")
                        .formatted(sum, parts, mib(sum * BYTES), mib(heap)));
    }

    private static long ids(StreamsFile file, Function<String, Optional<Integer>> partitions) {
        long ids = 0;
        for (Flow flow : file.flows()) {
            ids += ids(flow.steps(), partitions.apply(flow.from().topic()).orElse(1), partitions);
        }
        return ids;
    }

    private static long ids(List<Step> steps, int count, Function<String, Optional<Integer>> partitions) {
        long ids = 0;
        int now = count;
        for (Step step : steps) {
            if (step instanceof Step.Deduplicate deduplicate) {
                ids += (long) now * deduplicate.maxIds();
            } else if (step instanceof Step.Repartition repartition && repartition.partitions() > 0) {
                now = repartition.partitions();
            } else if (step instanceof Step.Join join && !join.table().isGlobal()) {
                now = partitions.apply(join.table().topic()).orElse(1);
            }
            for (Step.Arm arm : step.arms()) {
                ids += ids(arm.steps(), now, partitions);
            }
        }
        return ids;
    }

    private static long mib(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
