package io.wadi.kafka.records;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A reader of a topic's existing and new records outside any group, with the isolation level of its settings. All
 * methods throw {@link KafkaException} if Kafka does not answer. For one thread.
 */
public final class TopicTail implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long IDLE_CHECK_NANOS = Duration.ofSeconds(10).toNanos();

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;

    /** Takes the settings of a consumer outside any group. */
    public TopicTail(String topic, Properties observer) {
        this.topic = topic;
        Properties own = new Properties();
        own.putAll(observer);
        own.remove(ConsumerConfig.GROUP_ID_CONFIG);
        own.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        own.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        // Skips records that retention deletes meanwhile.
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Assigns partitions and seeks to these offsets. */
    public void begin(Map<TopicPartition, Long> from) {
        consumer.assign(from.keySet());
        from.forEach(consumer::seek);
    }

    /**
     * Passes existing, then new records to an action, until it returns false.
     *
     * @param toEnd whether to end at the current end offsets
     * @param action returns whether to continue
     * @throws KafkaException if Kafka does not answer or the topic is deleted
     */
    public void read(boolean toEnd, Predicate<ConsumerRecord<byte[], byte[]>> action) {
        Map<TopicPartition, Long> ends = toEnd ? consumer.endOffsets(consumer.assignment()) : Map.of();
        long active = System.nanoTime();
        while (!toEnd || !isAt(ends)) {
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                active = System.nanoTime();
                Long end = ends.get(new TopicPartition(each.topic(), each.partition()));
                if ((end == null || each.offset() < end) && !action.test(each)) {
                    return;
                }
            }
            if (System.nanoTime() - active > IDLE_CHECK_NANOS) {
                requireTopic();
                active = System.nanoTime();
            }
        }
    }

    private boolean isAt(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(each -> consumer.position(each.getKey()) >= each.getValue());
    }

    /** Polls return nothing without new records, but also if Kafka hangs or the topic is deleted. */
    private void requireTopic() {
        if (consumer.partitionsFor(topic).isEmpty()) {
            throw new KafkaException("Topic " + topic + " was deleted");
        }
    }

    /** Returns the partitions of the topic; empty if it does not exist. */
    public List<TopicPartition> partitions() {
        return consumer.partitionsFor(topic).stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
    }

    public Map<TopicPartition, Long> begins(List<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    /** Returns the end offsets for the isolation level. */
    public Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    /**
     * Returns the first offsets of this time or later, in milliseconds since 1970; the end offsets if there are none.
     */
    public Map<TopicPartition, Long> at(List<TopicPartition> partitions, long timeMs) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(each -> times.put(each, timeMs));
        Map<TopicPartition, Long> found = new HashMap<>(ends(partitions));
        consumer.offsetsForTimes(times).forEach((partition, offset) -> {
            if (offset != null) {
                found.put(partition, offset.offset());
            }
        });
        return found;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
