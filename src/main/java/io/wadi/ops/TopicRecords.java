package io.wadi.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.Masking;
import io.wadi.kafka.RecordText;
import io.wadi.kafka.TopicTail;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Some records of a topic, to be looked at on the page. It reads beside all groups, and only as much as it shows. Thread-safe. */
public final class TopicRecords {
    /** Records in an answer. */
    static final int MOST = 200;

    private static final int LONGEST = 20_000;
    private static final int MOST_CHARACTERS = 4_000_000;
    private static final int READERS = 4;

    private final Supplier<Properties> observer;
    private final Masking masking;
    private final Semaphore readers = new Semaphore(READERS);

    /** Takes the settings of a consumer that looks beside others, and what is not shown of them. */
    public TopicRecords(Supplier<Properties> observer, Masking masking) {
        this.observer = observer;
        this.masking = masking;
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
    Map<String, Object> find(Question question) throws Answers.BusyException {
        if (!readers.tryAcquire()) {
            throw new Answers.BusyException(READERS + " other requests read topics at the moment");
        }
        try (TopicTail tail = new TopicTail(question.topic(), observer.get())) {
            return find(tail, question);
        } finally {
            readers.release();
        }
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
        List<ObjectNode> records = new ArrayList<>();
        int[] characters = {0};
        tail.begin(from);
        tail.read(true, record -> {
            ObjectNode shown = shown(record);
            characters[0] += shown.path("value").asText().length();
            records.add(shown);
            return (isNewest || records.size() < most) && characters[0] < MOST_CHARACTERS;
        });
        Comparator<ObjectNode> inOrder = Comparator.<ObjectNode>comparingInt(
                        each -> each.path("partition").asInt())
                .thenComparingLong(each -> each.path("offset").asLong());
        records.sort(
                isNewest
                        ? Comparator.<ObjectNode>comparingLong(
                                        each -> each.path("time").asLong())
                                .thenComparing(inOrder)
                                .reversed()
                        : inOrder);
        return records.subList(0, Math.min(most, records.size()));
    }

    private ObjectNode shown(ConsumerRecord<byte[], byte[]> record) {
        return RecordText.shown(record, masking, LONGEST);
    }
}
