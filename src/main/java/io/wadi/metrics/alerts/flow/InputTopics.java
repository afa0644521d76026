package io.wadi.metrics.alerts.flow;

import io.wadi.kafka.AdminRequests;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;

/** Checks that the input topics exist and have equal partition counts, so that each host has exactly one state. */
public final class InputTopics {
    private InputTopics() {}

    /**
     * Returns an error message if the declared topics have different partition counts. Undeclared topics are not
     * checked.
     */
    public static Optional<String> declaredDifference(
            List<String> topics, Function<String, Optional<Integer>> declaredPartitions) {
        Map<String, Integer> partitions = new LinkedHashMap<>();
        topics.forEach(topic -> declaredPartitions.apply(topic).ifPresent(count -> partitions.put(topic, count)));
        return difference(partitions);
    }

    /**
     * Returns an error message if a topic does not exist in Kafka, or if the partition counts of the input topics
     * differ.
     *
     * @param outputs further topics that must exist
     */
    public static Optional<String> missingInKafka(List<String> topics, List<String> outputs, Admin admin)
            throws InterruptedException {
        List<String> all = new ArrayList<>(topics);
        all.addAll(outputs);
        Map<String, Integer> partitions = AdminRequests.partitionCounts(admin, all);
        List<String> missing =
                all.stream().filter(topic -> !partitions.containsKey(topic)).toList();
        if (!missing.isEmpty()) {
            return Optional.of(
                    "wadi.alerts.*: topics %s do not exist in Kafka: declare %s in topics.yaml, or configure others"
                            .formatted(String.join(", ", missing), missing.size() == 1 ? "it" : "them"));
        }
        partitions.keySet().retainAll(topics);
        return difference(partitions);
    }

    private static Optional<String> difference(Map<String, Integer> partitions) {
        if (partitions.values().stream().distinct().count() < 2) {
            return Optional.empty();
        }
        List<String> counts = new ArrayList<>();
        partitions.forEach((topic, count) -> counts.add(topic + " has " + count));
        return Optional.of(
                ("wadi.alerts.topics: %s partitions, expected the same count in each, so that all documents of a"
                                + " host reach one task: ./wadi topics apply --grow-keyed adds partitions")
                        .formatted(String.join(", ", counts)));
    }
}
