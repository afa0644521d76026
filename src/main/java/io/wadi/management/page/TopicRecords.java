package io.wadi.management.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.records.RecordText;
import io.wadi.kafka.records.TopicTail;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Some records of a topic, to be looked at on the page. It reads beside all groups, and only as much as it shows. Thread-safe. */
public final class TopicRecords {
    /** Records in an answer. */
    static final int MOST = 200;

    private static final int LONGEST = 20_000;

    private static final Comparator<ObjectNode> IN_ORDER = Comparator.<ObjectNode>comparingInt(
                    each -> each.path("partition").asInt())
            .thenComparingLong(each -> each.path("offset").asLong());
    private static final Comparator<ObjectNode> OLDEST_FIRST = Comparator.<ObjectNode>comparingLong(
                    each -> each.path("time").asLong())
            .thenComparing(IN_ORDER);

    private final Supplier<Properties> observer;
    private final Masking masking;
    private final ReadRequests readings;

    /** Takes the settings of a consumer that looks beside others, what is not shown of records, and what reading them may take. */
    public TopicRecords(Supplier<Properties> observer, Masking masking, ReadRequests readings) {
        this.observer = observer;
        this.masking = masking;
        this.readings = readings;
    }

    /**
     * Which records are asked for: those from an offset on, or from a time on; the newest where neither is given.
     *
     * @param partition null for all
     * @param offset null, or one of the partition, which is given then
     * @param timeMs null, or a time in milliseconds since 1970
     * @param most how many, 1 to {@link #MOST}
     */
    public record Question(String topic, Integer partition, Long offset, Long timeMs, int most) {
        /** Refuses what cannot be answered, in words. */
        public Question {
            if (offset != null && partition == null) {
                throw new IllegalArgumentException("an offset is one of a partition: give both");
            }
        }
    }

    /**
     * What is found: {@code partitions}, each with the first offset there is and the one after the last, and {@code records}, the
     * newest first where the newest are asked for, else in the order of their partition and offset.
     *
     * @throws IllegalArgumentException where there is no such topic or partition
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer
     */
    Map<String, Object> find(Question question) throws PageResponses.BusyException {
        return readings.read(() -> {
            try (TopicTail tail = new TopicTail(question.topic(), readings.limited(observer.get()))) {
                return find(tail, question);
            }
        });
    }

    private Map<String, Object> find(TopicTail tail, Question question) {
        List<TopicPartition> all = tail.partitions();
        List<TopicPartition> wanted = all.stream()
                .filter(each -> question.partition() == null || each.partition() == question.partition())
                .toList();
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException(
                    all.isEmpty()
                            ? "there is no topic " + question.topic()
                            : "there is no partition %d of %s: it has 0 to %d"
                                    .formatted(question.partition(), question.topic(), all.size() - 1));
        }
        Map<TopicPartition, Long> begins = tail.begins(wanted);
        Map<TopicPartition, Long> ends = tail.ends(wanted);
        Map<TopicPartition, Long> from = begin(tail, question, wanted, begins, ends);
        from.entrySet().removeIf(each -> each.getValue() >= ends.get(each.getKey()));
        boolean isNewest = question.offset() == null && question.timeMs() == null;
        List<ObjectNode> records = from.isEmpty() ? List.of() : read(tail, from, isNewest, question.most());
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("topic", question.topic());
        found.put(
                "partitions",
                wanted.stream()
                        .map(each ->
                                Map.of("partition", each.partition(), "begin", begins.get(each), "end", ends.get(each)))
                        .toList());
        found.put("records", records);
        return found;
    }

    private static Map<TopicPartition, Long> begin(
            TopicTail tail,
            Question question,
            List<TopicPartition> wanted,
            Map<TopicPartition, Long> begins,
            Map<TopicPartition, Long> ends) {
        if (question.timeMs() != null) {
            return new HashMap<>(tail.at(wanted, question.timeMs()));
        }
        // Of many partitions twice what each has to give: where they are filled unevenly, some give more.
        long each = question.offset() != null ? 0 : Math.max(2, 2L * question.most() / wanted.size());
        Map<TopicPartition, Long> from = new HashMap<>();
        for (TopicPartition partition : wanted) {
            long wish = question.offset() != null ? question.offset() : ends.get(partition) - each;
            from.put(partition, Math.max(begins.get(partition), wish));
        }
        return from;
    }

    private List<ObjectNode> read(TopicTail tail, Map<TopicPartition, Long> from, boolean isNewest, int most) {
        tail.begin(from);
        return isNewest ? newest(tail, most) : first(tail, most);
    }

    private List<ObjectNode> newest(TopicTail tail, int most) {
        NewestRecords newest = new NewestRecords(OLDEST_FIRST, most, readings.characters());
        tail.read(true, record -> {
            newest.add(shown(record));
            return true;
        });
        return newest.newestFirst();
    }

    private List<ObjectNode> first(TopicTail tail, int most) {
        List<ObjectNode> records = new ArrayList<>();
        int[] characters = {0};
        tail.read(true, record -> {
            ObjectNode shown = shown(record);
            characters[0] += RecordText.characters(shown);
            records.add(shown);
            return records.size() < most && characters[0] < readings.characters();
        });
        records.sort(IN_ORDER);
        return records;
    }

    private ObjectNode shown(ConsumerRecord<byte[], byte[]> record) {
        return RecordText.shown(record, masking, LONGEST);
    }
}
