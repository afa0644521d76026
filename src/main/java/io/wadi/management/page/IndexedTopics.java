package io.wadi.management.page;

import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.PartitionOrder;
import io.wadi.kafka.deadletter.DeadLetterTopic;
import io.wadi.management.TopicView;
import io.wadi.management.TopicView.IndexingRoute;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares the number of documents of each index with the committed offsets of its group, for the page. Documents are
 * counted per index and not per partition, since the partition is only in a document's id, which cannot be searched by
 * prefix. Dead letters are read within the limits of {@link ReadRequests}. Thread-safe.
 */
public record IndexedTopics(
        Supplier<TopicView.Documents> documents,
        Supplier<Properties> admin,
        Supplier<DeadLetterTopic> deadLetters,
        ReadRequests requests) {
    private static final int MAX_ROUTES = 50;
    private static final int MAX_PARTITIONS = 1000;
    private static final long MAX_DEAD_LETTERS = 100_000;

    /**
     * A partition.
     *
     * @param begin the first offset in Kafka
     * @param end the last stable offset
     * @param committed the committed offset of the group; null if there is none
     */
    public record Partition(String topic, int partition, long begin, long end, Long committed) {}

    /**
     * Queries Kafka and Elasticsearch. The result is serializable as JSON: {@code time}, {@code problems} with the
     * failed queries, {@code more} with the number of routes beyond the limit, and {@code topics} with one entry per
     * route.
     */
    public Map<String, Object> query() {
        List<String> problems = new ArrayList<>();
        List<IndexingRoute> all = documents.get().routes();
        List<IndexingRoute> queried = all.subList(0, Math.min(MAX_ROUTES, all.size()));
        Map<IndexingRoute, List<Partition>> partitions = Map.of();
        DeadLetterTopic.Counts tally = null;
        if (!queried.isEmpty()) {
            Map<IndexingRoute, List<Partition>> known = query("Kafka", problems, () -> partitions(queried, problems));
            tally = known == null ? null : query("Kafka", problems, () -> countDeadLetters(known, problems));
            partitions = known;
        }
        Map<String, OptionalLong> counts = counts(queried, problems);
        List<Map<String, Object>> topics = new ArrayList<>();
        for (IndexingRoute each : queried) {
            topics.add(topic(each, partitions == null ? null : partitions.get(each), tally, counts.get(each.index())));
        }
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("time", System.currentTimeMillis());
        found.put("problems", problems);
        found.put("more", all.size() - queried.size());
        found.put("topics", topics);
        return found;
    }

    private interface Query<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Runs a query. After a failure, adds it to the problems and returns null. */
    private static <T> T query(String server, List<String> problems, Query<T> query) {
        try {
            return query.run();
        } catch (IOException | KafkaException e) {
            problems.add(server + " does not respond: " + Causes.inShort(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problems.add(server + ": interrupted while waiting for its response");
        }
        return null;
    }

    /** Counts the dead letters. Returns null, and adds a problem, if too many other requests are reading. */
    private DeadLetterTopic.Counts countDeadLetters(
            Map<IndexingRoute, List<Partition>> partitions, List<String> problems) {
        Set<List<String>> counted = new HashSet<>();
        partitions.forEach((indexed, known) ->
                topics(indexed, known).forEach(topic -> counted.add(List.of(indexed.route(), topic))));
        Optional<DeadLetterTopic.Counts> counts =
                requests.tryRead(() -> deadLetters.get().count(counted, MAX_DEAD_LETTERS));
        if (counts.isEmpty()) {
            problems.add("Dead letters were not counted: other requests are reading topics; try again");
        }
        return counts.orElse(null);
    }

    /**
     * Counts the documents of the indexes. Stops at the first failure, since each further query would time out, too.
     */
    private Map<String, OptionalLong> counts(List<IndexingRoute> queried, List<String> problems) {
        Map<String, OptionalLong> counts = new LinkedHashMap<>();
        for (IndexingRoute each : queried) {
            OptionalLong count =
                    query("Elasticsearch", problems, () -> documents.get().count(each.index()));
            if (count == null) {
                break;
            }
            counts.put(each.index(), count);
        }
        return counts;
    }

    private static Map<String, Object> topic(
            IndexingRoute indexed, List<Partition> partitions, DeadLetterTopic.Counts tally, OptionalLong count) {
        Map<String, Object> topic = new LinkedHashMap<>();
        topic.put("route", indexed.route());
        topic.put("topics", topics(indexed, partitions));
        topic.put("group", indexed.group());
        topic.put("index", indexed.index());
        Long documents = count == null || count.isEmpty() ? null : (Long) count.getAsLong();
        topic.put("documents", documents);
        if (partitions == null || tally == null) {
            return topic;
        }
        long deadLetters = topics(indexed, partitions).stream()
                .mapToLong(each -> tally.of(indexed.route(), each))
                .sum();
        long committed = sum(partitions, Partition::committed);
        long behind = sum(
                partitions,
                each -> each.end() - Math.max(each.begin(), each.committed() == null ? 0 : each.committed()));
        topic.put("committed", committed);
        topic.put("behind", behind);
        topic.put("deadLetters", deadLetters);
        topic.put("deadLettersAreAtLeast", !tally.isAll());
        topic.put("partitions", partitions.subList(0, Math.min(MAX_PARTITIONS, partitions.size())));
        if (count != null) {
            IndexBalance balance = new IndexBalance(
                    documents, committed, behind, sum(partitions, Partition::begin), deadLetters, tally.isAll());
            if (balance.difference() != null) {
                topic.put("difference", balance.difference());
            }
            topic.put("explanation", balance.explanation());
        }
        return topic;
    }

    private static Collection<String> topics(IndexingRoute indexed, List<Partition> partitions) {
        return indexed.topics().isEmpty() && partitions != null
                ? partitions.stream().map(Partition::topic).collect(Collectors.toCollection(TreeSet::new))
                : indexed.topics();
    }

    private static long sum(List<Partition> partitions, Function<Partition, Long> value) {
        return partitions.stream()
                .map(value)
                .mapToLong(each -> each == null ? 0 : each)
                .sum();
    }

    /** Returns the partitions of each route. Adds a problem for a route with unknown offsets, which is omitted. */
    private Map<IndexingRoute, List<Partition>> partitions(List<IndexingRoute> all, List<String> problems)
            throws InterruptedException {
        Map<IndexingRoute, List<Partition>> found = new LinkedHashMap<>();
        try (Admin kafka = Admin.create(admin.get())) {
            for (IndexingRoute each : all) {
                partitions(kafka, each, problems).ifPresent(partitions -> found.put(each, partitions));
            }
        }
        return found;
    }

    private static Optional<List<Partition>> partitions(Admin kafka, IndexingRoute indexed, List<String> problems)
            throws InterruptedException {
        Map<TopicPartition, Long> committed = AdminRequests.committed(kafka, indexed.group());
        Set<String> topics = new TreeSet<>(indexed.topics());
        if (topics.isEmpty()) {
            committed.keySet().forEach(each -> topics.add(each.topic()));
        }
        List<TopicPartition> all = AdminRequests.existingPartitions(kafka, topics).stream()
                .sorted(PartitionOrder.BY_NAME)
                .toList();
        AdminRequests.Offsets begins = offsets(kafka, all, OffsetSpec.earliest());
        AdminRequests.Offsets ends = offsets(kafka, begins.known().keySet(), OffsetSpec.latest());
        Map<TopicPartition, KafkaException> failures = new HashMap<>(begins.failures());
        failures.putAll(ends.failures());
        if (!failures.isEmpty()) {
            Map.Entry<TopicPartition, KafkaException> first =
                    failures.entrySet().iterator().next();
            problems.add("The offsets of %s, which route %s indexes, are unknown: %s"
                    .formatted(first.getKey(), indexed.route(), Causes.inShort(first.getValue())));
            return Optional.empty();
        }
        return Optional.of(all.stream()
                .map(each -> new Partition(
                        each.topic(),
                        each.partition(),
                        begins.known().get(each),
                        ends.known().get(each),
                        committed.get(each)))
                .toList());
    }

    private static AdminRequests.Offsets offsets(Admin kafka, Collection<TopicPartition> partitions, OffsetSpec which)
            throws InterruptedException {
        return AdminRequests.tryOffsets(kafka, partitions, which, IsolationLevel.READ_COMMITTED);
    }
}
