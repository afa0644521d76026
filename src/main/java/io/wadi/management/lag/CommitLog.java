package io.wadi.management.lag;

import io.wadi.kafka.records.TopicReader;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A reader of {@code __consumer_offsets}. This topic is the only source for the times of commits, and for commits that
 * do not change the offset. Reading starts shortly before the end of each partition. Not thread-safe.
 */
final class CommitLog implements AutoCloseable {
    static final String TOPIC = "__consumer_offsets";

    /** The number of records before the end of each partition with which reading starts. */
    private static final long INITIAL_RECORDS = 1000;

    private final TopicReader reader;
    private Map<TopicPartition, Long> positions = new HashMap<>();
    private Set<TopicPartition> opened = Set.of();

    CommitLog(Properties observer) {
        observer.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "5000");
        reader = new TopicReader(observer, TopicReader.Fetch.FREQUENT_RECORDS);
    }

    interface Listener {
        /** Ignores commits. */
        Listener NONE = new Listener() {
            @Override
            public void committed(String group, TopicPartition partition, long offset, long timeMs) {}

            @Override
            public void deleted(String group, TopicPartition partition) {}
        };

        void committed(String group, TopicPartition partition, long offset, long timeMs);

        /** Called when the committed offset of a partition has expired or was deleted. */
        void deleted(String group, TopicPartition partition);
    }

    /**
     * Starts reading the partitions that have a leader. Returns false if there are none: the topic does not exist if no
     * group has ever committed.
     *
     * @param read the offsets at which an earlier reader has ended, so that no record is read twice
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond, or Wadi is not authorized to read the
     *     topic
     */
    boolean open(Map<TopicPartition, Long> read) {
        positions = new HashMap<>(read);
        List<TopicPartition> partitions = reader.availablePartitions(TOPIC);
        if (partitions.isEmpty()) {
            return false;
        }
        Map<TopicPartition, Long> begins = reader.begins(partitions);
        Map<TopicPartition, Long> from = new HashMap<>(reader.ends(partitions));
        from.replaceAll((partition, end) -> Math.max(
                begins.get(partition),
                Math.max(end - INITIAL_RECORDS, Math.min(end, read.getOrDefault(partition, 0L)))));
        reader.seek(from);
        positions.putAll(from);
        opened = from.keySet();
        return true;
    }

    /** Returns whether the partitions that are read are still those that have a leader. */
    boolean readsAllAvailable() {
        return Set.copyOf(reader.availablePartitions(TOPIC)).equals(opened);
    }

    /**
     * Reads up to the current end offsets, for at most this time.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond, or Wadi is not authorized to read the
     *     topic
     */
    void readToEnd(Duration timeout, Listener listener) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Map<TopicPartition, Long> ends = reader.ends(reader.positions().keySet());
        while (System.nanoTime() < deadline && !reader.isAt(ends)) {
            read(Duration.ofMillis(100), listener);
        }
    }

    /** Polls once with this timeout. */
    void read(Duration timeout, Listener listener) {
        reader.poll(timeout, each -> {
            positions.put(new TopicPartition(each.topic(), each.partition()), each.offset() + 1);
            notify(each, listener);
        });
        positions.putAll(reader.positions());
    }

    /**
     * Returns the next offsets to read, also of partitions that only earlier readers have read. A record with which the
     * listener has failed counts as read.
     */
    Map<TopicPartition, Long> positions() {
        return positions;
    }

    private static void notify(ConsumerRecord<byte[], byte[]> read, Listener listener) {
        Optional<Key> found = read.key() == null ? Optional.empty() : Key.parse(read.key());
        if (found.isEmpty()) {
            return;
        }
        Key key = found.get();
        if (read.value() == null) {
            listener.deleted(key.group(), key.partition());
        } else {
            offset(read.value())
                    .ifPresent(offset -> listener.committed(key.group(), key.partition(), offset, read.timestamp()));
        }
    }

    /** Returns the offset in a value. The value starts with its version and the offset in every version. */
    private static Optional<Long> offset(byte[] value) {
        return value.length < Short.BYTES + Long.BYTES
                ? Optional.empty()
                : Optional.of(ByteBuffer.wrap(value).getLong(Short.BYTES));
    }

    record Key(String group, TopicPartition partition) {
        private static final int MAX_VERSION = 1;

        /** Parses the key of a commit; empty for other records, such as group metadata. */
        static Optional<Key> parse(byte[] bytes) {
            ByteBuffer key = ByteBuffer.wrap(bytes);
            try {
                int version = key.getShort();
                return version < 0 || version > MAX_VERSION
                        ? Optional.empty()
                        : Optional.of(new Key(text(key), new TopicPartition(text(key), key.getInt())));
            } catch (BufferUnderflowException e) {
                return Optional.empty();
            }
        }

        private static String text(ByteBuffer from) {
            int length = from.getShort();
            if (length < 0 || length > from.remaining()) {
                throw new BufferUnderflowException();
            }
            byte[] text = new byte[length];
            from.get(text);
            return new String(text, StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
