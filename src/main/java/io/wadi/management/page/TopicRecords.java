package io.wadi.management.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.records.RecordText;
import io.wadi.kafka.records.TopicReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads records of a topic for the page, without a consumer group. The number of records is limited. Thread-safe. */
public record TopicRecords(Supplier<Properties> observer, Masking masking, ReadRequests requests) {
    static final int MAX_RECORDS = 200;

    private static final int MAX_CHARACTERS = 20_000;

    private static final Comparator<ObjectNode> IN_ORDER = Comparator.<ObjectNode>comparingInt(
                    each -> each.path("partition").asInt())
            .thenComparingLong(each -> each.path("offset").asLong());
    private static final Comparator<ObjectNode> OLDEST_FIRST = Comparator.<ObjectNode>comparingLong(
                    each -> each.path("time").asLong())
            .thenComparing(IN_ORDER);

    /**
     * A query for records from an offset or a time on, or for the newest records if neither is given.
     *
     * @param partition the partition; null for all partitions
     * @param offset an offset, which requires a partition; null for none
     * @param timeMs a time in milliseconds since 1970; null for none, as with an offset
     * @param limit maximum number of records, 1 to {@link #MAX_RECORDS}
     */
    public record Query(String topic, Integer partition, Long offset, Long timeMs, int limit) {
        public Query {
            if (offset != null && partition == null) {
                throw new IllegalArgumentException("partition is missing: expected with offset");
            }
            if (offset != null && timeMs != null) {
                throw new IllegalArgumentException("time has no effect with offset: expected one of them");
            }
        }
    }

    /**
     * Returns {@code partitions}, each with its first offset and its end offset, and {@code records}. The newest
     * records are ordered by time, newest first; other records are ordered by partition and offset.
     *
     * @throws PageResponses.NotFoundException if the topic does not exist
     * @throws IllegalArgumentException if the partition does not exist
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
     */
    Map<String, Object> find(Query query) throws PageResponses.BusyException, PageResponses.NotFoundException {
        Optional<Map<String, Object>> found = requests.read(() -> {
            try (TopicReader reader = new TopicReader(observer.get(), requests.fetch())) {
                List<TopicPartition> all = reader.partitions(query.topic());
                return all.isEmpty() ? Optional.empty() : Optional.of(find(reader, query, all));
            }
        });
        return found.orElseThrow(
                () -> new PageResponses.NotFoundException("topic " + query.topic() + " does not exist"));
    }

    private Map<String, Object> find(TopicReader reader, Query query, List<TopicPartition> all) {
        List<TopicPartition> wanted = all.stream()
                .filter(each -> query.partition() == null || each.partition() == query.partition())
                .toList();
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("partition %d of topic %s does not exist: expected 0 to %d"
                    .formatted(query.partition(), query.topic(), all.size() - 1));
        }
        Map<TopicPartition, Long> begins = reader.begins(wanted);
        Map<TopicPartition, Long> ends = reader.ends(wanted);
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("topic", query.topic());
        found.put(
                "partitions",
                wanted.stream()
                        .map(each ->
                                Map.of("partition", each.partition(), "begin", begins.get(each), "end", ends.get(each)))
                        .toList());
        boolean isNewest = query.offset() == null && query.timeMs() == null;
        found.put(
                "records", isNewest ? newest(reader, begins, ends, query.limit()) : first(reader, query, begins, ends));
        return found;
    }

    /**
     * Returns the newest records. Reads the ends of all partitions, and then more of the partitions in which all
     * records read so far are among the newest.
     */
    private List<ObjectNode> newest(
            TopicReader reader, Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends, int limit) {
        NewestRecords<ObjectNode> newest =
                new NewestRecords<>(OLDEST_FIRST, RecordText::characters, limit, requests.characters());
        Map<TopicPartition, Long> read = new HashMap<>(ends);
        Map<TopicPartition, Long> oldest = new HashMap<>();
        // Twice the average number, since records may be distributed unevenly and offsets may be transaction markers.
        for (long offsets : List.of(Math.max(2, 2L * limit / ends.size()), 2L * limit)) {
            Map<TopicPartition, Long> from = new HashMap<>();
            read.forEach((partition, end) -> from.put(partition, Math.max(begins.get(partition), end - offsets)));
            from.entrySet().removeIf(each -> each.getValue() >= read.get(each.getKey()));
            reader.records(from, read).forEachRemaining(record -> {
                newest.add(shown(record));
                oldest.merge(new TopicPartition(record.topic(), record.partition()), record.timestamp(), Math::min);
            });
            read.putAll(from);
            ObjectNode last = newest.oldest();
            long time = last == null ? Long.MIN_VALUE : last.path("time").asLong();
            read.keySet().removeIf(each -> oldest.getOrDefault(each, Long.MAX_VALUE) < time);
        }
        return newest.newestFirst();
    }

    private List<ObjectNode> first(
            TopicReader reader, Query query, Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> from = new HashMap<>();
        if (query.timeMs() == null) {
            begins.forEach((partition, begin) -> from.put(partition, Math.max(begin, query.offset())));
        } else {
            from.putAll(reader.at(begins.keySet(), query.timeMs()));
        }
        from.entrySet().removeIf(each -> each.getValue() >= ends.get(each.getKey()));
        Iterator<ConsumerRecord<byte[], byte[]>> found = reader.records(from, ends);
        int limit = query.limit();
        List<ObjectNode> records = new ArrayList<>();
        int characters = 0;
        while (records.size() < limit && characters < requests.characters() && found.hasNext()) {
            ObjectNode shown = shown(found.next());
            characters += RecordText.characters(shown);
            records.add(shown);
        }
        records.sort(IN_ORDER);
        return records;
    }

    private ObjectNode shown(ConsumerRecord<byte[], byte[]> record) {
        return RecordText.shown(record, masking, MAX_CHARACTERS);
    }
}
