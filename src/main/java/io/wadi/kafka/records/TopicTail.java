package io.wadi.kafka.records;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic's records as they stand and as they come, in no group. What readers of committed records do not see is left
 * out. All methods throw {@link KafkaException} where Kafka does not answer. For one thread.
 */
public final class TopicTail implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long IDLE_NANOS = Duration.ofSeconds(10).toNanos();

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;

    /** Takes the settings of a consumer that looks beside others. */
    public TopicTail(String topic, Properties observer) {
        this.topic = topic;
        Properties own = new Properties();
        own.putAll(observer);
        own.remove(ConsumerConfig.GROUP_ID_CONFIG);
        own.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        own.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        // What retention takes away meanwhile is not waited for.
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Begins at these offsets. */
    public void begin(Map<TopicPartition, Long> from) {
        consumer.assign(from.keySet());
        from.forEach(consumer::seek);
    }

    /**
     * Hands over what stands there now and comes after, until it is told to end.
     *
     * @param toEnd whether it ends with what stands there now
     * @param taker whether to go on
     * @throws KafkaException where Kafka does not answer, or the topic goes away
     */
    public void read(boolean toEnd, Predicate<ConsumerRecord<byte[], byte[]>> taker) {
        Map<TopicPartition, Long> ends = toEnd ? consumer.endOffsets(consumer.assignment()) : Map.of();
        long active = System.nanoTime();
        while (!toEnd || !isAt(ends)) {
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                active = System.nanoTime();
                Long end = ends.get(new TopicPartition(each.topic(), each.partition()));
                if ((end == null || each.offset() < end) && !taker.test(each)) {
                    return;
                }
            }
            if (System.nanoTime() - active > IDLE_NANOS) {
                requireThere();
                active = System.nanoTime();
            }
        }
    }

    private boolean isAt(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(each -> consumer.position(each.getKey()) >= each.getValue());
    }

    /** Nothing comes where nothing is sent, but also where Kafka hangs. */
    private void requireThere() {
        if (consumer.partitionsFor(topic).isEmpty()) {
            throw new KafkaException("topic " + topic + " has been deleted");
        }
    }

    /** The partitions of the topic; none where there is no such topic. */
    public List<TopicPartition> partitions() {
        return consumer.partitionsFor(topic).stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
    }

    /** The first offsets that Kafka still has. */
    public Map<TopicPartition, Long> begins(List<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    /** The offsets after the last that can be read now. */
    public Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    /** The first offsets of this time or later, in milliseconds since 1970; the ends where there is none. */
    public Map<TopicPartition, Long> at(List<TopicPartition> partitions, long timeMs) {
        Map<TopicPartition, Long> asked = new HashMap<>();
        partitions.forEach(each -> asked.put(each, timeMs));
        Map<TopicPartition, Long> found = new HashMap<>(ends(partitions));
        consumer.offsetsForTimes(asked).forEach((partition, offset) -> {
            if (offset != null) {
                found.put(partition, offset.offset());
            }
        });
        return found;
    }

    @Override
    public void close() {
        consumer.close(Duration.ZERO);
    }
}
