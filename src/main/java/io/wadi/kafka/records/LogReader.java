package io.wadi.kafka.records;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * Reads ranges of a topic beside all groups, with the isolation of the flows. All methods throw
 * {@link org.apache.kafka.common.KafkaException} where Kafka does not answer. For one thread.
 */
public final class LogReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final KafkaConsumer<byte[], ByteBuffer> consumer;

    /** Takes the settings of a consumer that looks beside others. */
    public LogReader(Properties observer) {
        Properties own = new Properties();
        own.putAll(observer);
        own.remove(ConsumerConfig.GROUP_ID_CONFIG);
        own.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        own.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteBufferDeserializer());
    }

    /** The topic's partitions; none where there is no such topic. */
    public List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
    }

    /** The first offset that Kafka still has. */
    public long begin(TopicPartition partition) {
        return consumer.beginningOffsets(Set.of(partition)).get(partition);
    }

    /** The offset after the last that flows can read now. */
    public long end(TopicPartition partition) {
        return consumer.endOffsets(Set.of(partition)).get(partition);
    }

    /**
     * Reads the records of a range in their order.
     *
     * @param from at or after {@link #begin}
     * @param to at most {@link #end}; the offset after the last that is read
     */
    public void read(TopicPartition partition, long from, long to, Consumer<ConsumerRecord<byte[], ByteBuffer>> taker) {
        if (from >= to) {
            return;
        }
        consumer.assign(Set.of(partition));
        consumer.seek(partition, from);
        long progressed = System.nanoTime();
        long position = from;
        while (position < to) {
            for (ConsumerRecord<byte[], ByteBuffer> each : consumer.poll(POLL)) {
                if (each.offset() < to) {
                    taker.accept(each);
                }
            }
            if (consumer.position(partition) > position) {
                progressed = System.nanoTime();
            } else if (System.nanoTime() - progressed > PATIENCE_NANOS) {
                throw new TimeoutException("%s: nothing came after offset %d".formatted(partition, position));
            }
            position = consumer.position(partition);
        }
    }

    @Override
    public void close() {
        consumer.close(Duration.ZERO);
    }
}
