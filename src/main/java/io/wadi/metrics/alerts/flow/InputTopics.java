package io.wadi.metrics.alerts.flow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the topics of documents have to be like: there, and of as many partitions, so that each host has one state. */
public final class InputTopics {
    private InputTopics() {}

    /** What is wrong with them as declared, in words; nothing where all is well. Those that are not declared are not looked at. */
    public static Optional<String> mistake(
            List<String> topics, Function<String, Optional<Integer>> declaredPartitions) {
        Map<String, Integer> partitions = new LinkedHashMap<>();
        topics.forEach(topic -> declaredPartitions.apply(topic).ifPresent(count -> partitions.put(topic, count)));
        return difference(partitions);
    }

    /**
     * What is wrong with them in Kafka, in words; nothing where all is well.
     *
     * @param outputs topics that have to be there too
     */
    public static Optional<String> obstacle(List<String> topics, List<String> outputs, Admin admin)
            throws ExecutionException, InterruptedException {
        Map<String, Integer> partitions = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        List<String> all = new ArrayList<>(topics);
        all.addAll(outputs);
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.describeTopics(all).topicNameValues();
        for (String topic : all) {
            try {
                partitions.put(topic, answers.get(topic).get().partitions().size());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add(topic);
            }
        }
        if (!missing.isEmpty()) {
            return Optional.of("wadi.alerts.*: Kafka does not have %s: declare %s in topics.yaml, or name others"
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
                ("wadi.alerts.topics: %s partitions, allowed are as many in each, so that all documents of a host"
                                + " meet: ./wadi topics apply --grow-keyed gives a topic more of them")
                        .formatted(String.join(", ", counts)));
    }
}
