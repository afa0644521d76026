package io.wadi.completeness;

import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.records.TopicReader.Fetch;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
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

    private final Supplier<Properties> client;
    private final IsolationLevel isolation;
    private TopicReader reader;

    /**
     * Creates a reader.
     *
     * @param client returns the settings of a consumer without a group
     */
    FirstRecords(Supplier<Properties> client, IsolationLevel isolation) {
        this.client = client;
        this.isolation = isolation;
    }

    /**
     * Returns the first visible record of each partition that has one.
     *
     * @param from the offset of each partition at which the search begins
     * @param until the offset of each partition before which the search ends
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond within ten seconds
     */
    Map<TopicPartition, ConsumerRecord<byte[], byte[]>> find(
            Map<TopicPartition, Long> from, Map<TopicPartition, Long> until) {
        Map<TopicPartition, ConsumerRecord<byte[], byte[]>> found = new HashMap<>();
        if (from.isEmpty()) {
            return found;
        }
        Map<TopicPartition, ConsumerRecord<byte[], byte[]>> read = reader().firsts(from, until, TIMEOUT);
        if (read.size() < from.size()) {
            throw new TimeoutException("found neither a record nor the end within %d s in %s"
                    .formatted(
                            TIMEOUT.toSeconds(),
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
            Properties settings = client.get();
            settings.put(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString().toLowerCase(Locale.ROOT));
            reader = new TopicReader(settings, Fetch.ONE_RECORD);
        }
        return reader;
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
