package io.wadi.landing;

import io.wadi.landing.files.OffsetRange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads a topic like landing's consumers, with their isolation level, without joining the group or committing. All
 * methods throw {@link KafkaException} if Kafka does not respond or has deleted the records. Not thread-safe.
 */
public final class TopicLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();

    private final String brokers;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** Creates a reader from the settings of a consumer of byte arrays in landing's group. */
    public TopicLog(Properties settings) {
        brokers = settings.getProperty("bootstrap.servers");
        consumer = new KafkaConsumer<>(settings);
    }

    /** Returns the topic's partitions in order; none if it does not exist. */
    public List<TopicPartition> partitions(String topic) {
        try {
            return consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
        } catch (TimeoutException e) {
            throw new TimeoutException("Kafka at " + brokers + " does not respond");
        }
    }

    /** Returns the committed offset of landing's group, or -1. */
    public long committed(TopicPartition partition) {
        OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
        return committed == null ? -1 : committed.offset();
    }

    public long start(TopicPartition partition) {
        return consumer.beginningOffsets(Set.of(partition)).get(partition);
    }

    /** Returns the end offset that can be read. */
    public long end(TopicPartition partition) {
        return consumer.endOffsets(Set.of(partition)).get(partition);
    }

    /**
     * Returns the records of a range, read on demand, up to the end of the log.
     *
     * @param range begins at or after {@link #start}
     */
    public Iterator<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition, OffsetRange range) {
        long end = Math.min(range.last() + 1, end(partition));
        consumer.assign(Set.of(partition));
        consumer.seek(partition, range.first());
        return new Records(partition, end);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    private final class Records implements Iterator<ConsumerRecord<byte[], byte[]>> {
        private final TopicPartition partition;
        private final long end;
        private final Queue<ConsumerRecord<byte[], byte[]>> polled = new ArrayDeque<>();

        Records(TopicPartition partition, long end) {
            this.partition = partition;
            this.end = end;
        }

        @Override
        public boolean hasNext() {
            long progressed = System.nanoTime();
            while (polled.isEmpty() && consumer.position(partition) < end) {
                long before = consumer.position(partition);
                consumer.poll(POLL).forEach(polled::add);
                if (consumer.position(partition) > before) {
                    progressed = System.nanoTime();
                } else if (System.nanoTime() - progressed > TIMEOUT_NANOS) {
                    throw new TimeoutException(
                            "%s: received neither a record nor the end of the log after offset %d in 30 s"
                                    .formatted(partition, before));
                }
            }
            return !polled.isEmpty() && polled.peek().offset() < end;
        }

        @Override
        public ConsumerRecord<byte[], byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return polled.remove();
        }
    }
}
