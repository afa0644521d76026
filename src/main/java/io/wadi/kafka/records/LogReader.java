package io.wadi.kafka.records;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * A reader of offset ranges outside any group, with the isolation level of the flows. All methods throw
 * {@link org.apache.kafka.common.KafkaException} if Kafka does not answer. For one thread.
 */
public final class LogReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PROGRESS_TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();

    private final KafkaConsumer<byte[], ByteBuffer> consumer;

    /** Takes the settings of a consumer outside any group. */
    public LogReader(Properties observer) {
        Properties own = new Properties();
        own.putAll(observer);
        own.remove(ConsumerConfig.GROUP_ID_CONFIG);
        own.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        own.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteBufferDeserializer());
    }

    /** Returns the topic's partitions; empty if it does not exist. */
    public List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
    }

    public long begin(TopicPartition partition) {
        return consumer.beginningOffsets(Set.of(partition)).get(partition);
    }

    /** Returns the end offset for the isolation level. */
    public long end(TopicPartition partition) {
        return consumer.endOffsets(Set.of(partition)).get(partition);
    }

    /**
     * Reads the records of a range in order.
     *
     * @param from the first offset, at least {@link #begin}
     * @param to the end offset, exclusive, at most {@link #end}
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
            } else if (System.nanoTime() - progressed > PROGRESS_TIMEOUT_NANOS) {
                throw new TimeoutException(
                        "Partition %s: timed out reading from offset %d".formatted(partition, position));
            }
            position = consumer.position(partition);
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
