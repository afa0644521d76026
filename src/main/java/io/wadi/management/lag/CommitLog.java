package io.wadi.management.lag;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka's own log of commits, {@code __consumer_offsets}: the only place that says when a group commits, and that it commits
 * the same offset again. Reads on from the last commits of each of its partitions. For one thread.
 */
final class CommitLog implements AutoCloseable {
    /** The topic. */
    static final String TOPIC = "__consumer_offsets";

    /** Records before the end of each partition that are read at first, so that the last commits are known at once. */
    private static final long LOOK_BACK = 1000;

    private final KafkaConsumer<byte[], byte[]> consumer;

    /** Takes the settings of a consumer that looks beside others. */
    CommitLog(Properties observer) {
        Properties own = new Properties();
        own.putAll(observer);
        own.remove(ConsumerConfig.GROUP_ID_CONFIG);
        own.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        own.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        // What compaction has taken away meanwhile is not missed.
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        own.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        own.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "5000");
        own.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(4 << 20));
        own.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(256 << 10));
        // A group that commits each 20 ms is read four times a second, not fifty.
        own.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, Integer.toString(64 << 10));
        own.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "250");
        consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Takes what is read. */
    interface Taker {
        /** A group has committed an offset for a partition. */
        void committed(String group, TopicPartition partition, long offset, long timeMs);

        /** What a group had committed for a partition is gone: it has expired, or was deleted, as the topic may be. */
        void deleted(String group, TopicPartition partition);
    }

    /**
     * Begins. Returns false where there is no log yet, as no group has ever committed.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer, or does not let Wadi read it
     */
    boolean open() {
        List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                .map(each -> new TopicPartition(TOPIC, each.partition()))
                .toList();
        if (partitions.isEmpty()) {
            return false;
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        consumer.assign(partitions);
        partitions.forEach(each -> consumer.seek(each, Math.max(begins.get(each), ends.get(each) - LOOK_BACK)));
        return true;
    }

    /**
     * Reads on until the end or, where no end is reached, this long.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer, or does not let Wadi read it
     */
    void readToEnd(Duration longest, Taker taker) {
        long deadline = System.nanoTime() + longest.toNanos();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (System.nanoTime() < deadline
                && ends.entrySet().stream().anyMatch(each -> consumer.position(each.getKey()) < each.getValue())) {
            read(Duration.ofMillis(100), taker);
        }
    }

    /** Reads what comes within this time; returns as soon as something has come. */
    void read(Duration longest, Taker taker) {
        consumer.poll(longest).forEach(each -> hand(each, taker));
    }

    private static void hand(ConsumerRecord<byte[], byte[]> read, Taker taker) {
        Optional<Key> found = read.key() == null ? Optional.empty() : Key.parse(read.key());
        if (found.isEmpty()) {
            return;
        }
        Key key = found.get();
        if (read.value() == null) {
            taker.deleted(key.group(), key.partition());
        } else {
            offset(read.value())
                    .ifPresent(offset -> taker.committed(key.group(), key.partition(), offset, read.timestamp()));
        }
    }

    /** Of each of its versions a commit begins with its own and the offset. */
    private static Optional<Long> offset(byte[] value) {
        return value.length < Short.BYTES + Long.BYTES
                ? Optional.empty()
                : Optional.of(ByteBuffer.wrap(value).getLong(Short.BYTES));
    }

    /**
     * Whose commit it is.
     *
     * @param group that has committed
     * @param partition that it has committed for
     */
    record Key(String group, TopicPartition partition) {
        private static final int LAST_OF_COMMITS = 1;

        /** Reads a key; empty where it is none of a commit: members and settings of groups stand there as well. */
        static Optional<Key> parse(byte[] bytes) {
            ByteBuffer key = ByteBuffer.wrap(bytes);
            try {
                int version = key.getShort();
                return version < 0 || version > LAST_OF_COMMITS
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
        consumer.close(Duration.ZERO);
    }
}
