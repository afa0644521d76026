package io.wadi.completeness;

import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.records.TopicReader.Fetch;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads the first record of partitions at one isolation level, with a consumer that the first read creates. */
final class FirstRecords implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Supplier<TopicReader> newReader;
    private final Duration timeout;
    private TopicReader reader;

    /**
     * Creates a reader.
     *
     * @param client returns the settings of a consumer without a group
     */
    FirstRecords(Supplier<Properties> client, IsolationLevel isolation) {
        this(() -> reader(client.get(), isolation), TIMEOUT);
    }

    FirstRecords(Supplier<TopicReader> newReader, Duration timeout) {
        this.newReader = newReader;
        this.timeout = timeout;
    }

    /** Does what {@link #find(Map, Map, BiConsumer)} does, for searches that are not continued after a timeout. */
    Map<TopicPartition, ConsumerRecord<byte[], byte[]>> find(
            Map<TopicPartition, Long> from, Map<TopicPartition, Long> until) {
        return find(from, until, (partition, offset) -> {});
    }

    /**
     * Returns the first visible record of each partition that has one.
     *
     * @param from the offset of each partition at which the search begins
     * @param until the offset of each partition before which the search ends
     * @param searched receives, before a timeout, each partition without a found record, and an offset before which it
     *     has no record
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond within ten seconds
     */
    Map<TopicPartition, ConsumerRecord<byte[], byte[]>> find(
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> until,
            BiConsumer<TopicPartition, Long> searched) {
        Map<TopicPartition, ConsumerRecord<byte[], byte[]>> found = new HashMap<>();
        if (from.isEmpty()) {
            return found;
        }
        Map<TopicPartition, ConsumerRecord<byte[], byte[]>> read = reader().firsts(from, until, timeout);
        if (read.size() < from.size()) {
            reader().positions().forEach((partition, position) -> {
                if (!read.containsKey(partition)) {
                    searched.accept(partition, position);
                }
            });
            throw new TimeoutException("found neither a record nor the end within %d s in %s"
                    .formatted(
                            timeout.toSeconds(),
                            from.entrySet().stream()
                                    .filter(each -> !read.containsKey(each.getKey()))
                                    .map(each -> each.getKey() + "@" + each.getValue())
                                    .sorted()
                                    .collect(Collectors.joining(", "))));
        }
        read.forEach((partition, record) -> {
            if (record != null) {
                found.put(partition, record);
            }
        });
        return found;
    }

    private TopicReader reader() {
        if (reader == null) {
            reader = newReader.get();
        }
        return reader;
    }

    /** A fetch of committed records may have to pass many aborted ones. */
    private static TopicReader reader(Properties settings, IsolationLevel isolation) {
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString().toLowerCase(Locale.ROOT));
        return new TopicReader(
                settings, isolation == IsolationLevel.READ_COMMITTED ? Fetch.COMMITTED_RECORD : Fetch.ONE_RECORD);
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
