package io.wadi.kafka.records;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A reader of topics that joins no group and commits nothing, with the isolation level of its settings. The reader
 * compares its position with the end of a range, so it also reaches an end behind transaction markers and compacted
 * offsets. Only one fetch is in memory at a time, so callers limit records and bytes by not reading further. All
 * methods throw {@link KafkaException} if Kafka does not respond. Not thread-safe, except for {@link #wakeup}.
 */
public final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration SHORT_POLL = Duration.ofMillis(100);
    private static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration TOPIC_CHECK_INTERVAL = Duration.ofSeconds(10);

    private final String brokers;
    private final PollLimit limit;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

    /** Settings of a consumer for the size and wait time of fetches. */
    public record Fetch(Map<String, Object> settings) {
        /** Changes no settings of the reader. */
        public static final Fetch DEFAULT = new Fetch(Map.of());

        /** For reading one record of each partition. */
        public static final Fetch ONE_RECORD = new Fetch(Map.of(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1024));

        /** For checking whether a range contains a committed record. */
        public static final Fetch COMMITTED_RECORD = new Fetch(Map.of(
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                64 << 10,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"));

        /** For small records, such as MirrorMaker's offsets. */
        public static final Fetch SMALL_RECORDS =
                new Fetch(Map.of(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 64 << 10));

        /** For following frequent small records, such as commits, with four fetches per second. */
        public static final Fetch FREQUENT_RECORDS = new Fetch(Map.of(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 << 10,
                ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 64 << 10,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 250));

        /** Limits the bytes of a fetch and of the records of a poll; a larger record is read alone. */
        public static Fetch atMost(int bytes) {
            return new Fetch(Map.of(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, bytes));
        }

        PollLimit limit() {
            return settings.get(ConsumerConfig.FETCH_MAX_BYTES_CONFIG) instanceof Integer bytes
                    ? new PollLimit(bytes)
                    : PollLimit.ofHeap();
        }
    }

    /** Creates a reader from a consumer's settings. The reader skips records that retention deletes while it reads. */
    public TopicReader(Map<?, ?> settings, Fetch fetch) {
        this(settings, fetch, "earliest");
    }

    /** Creates a reader that throws {@link KafkaException} if records of a range have been deleted. */
    public static TopicReader complete(Map<?, ?> settings) {
        return new TopicReader(settings, Fetch.DEFAULT, "none");
    }

    private TopicReader(Map<?, ?> settings, Fetch fetch, String offsetReset) {
        brokers = String.valueOf(settings.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
        limit = fetch.limit();
        consumer = consumer(settings, fetch, offsetReset, limit);
    }

    /** Creates a consumer that commits nothing, creates no topics, and has limited polls. */
    static org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer(
            Map<?, ?> settings, Fetch fetch, String offsetReset, PollLimit limit) {
        Properties own = new Properties();
        own.putAll(settings);
        own.putAll(fetch.settings());
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, offsetReset);
        own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        return new KafkaConsumer<>(
                own, limit.limited(new ByteArrayDeserializer()), limit.limited(new ByteArrayDeserializer()));
    }

    TopicReader(String brokers, PollLimit limit, org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
        this.brokers = brokers;
        this.limit = limit;
        this.consumer = consumer;
    }

    /** Returns the topic's partitions in order; empty if it does not exist. */
    public List<TopicPartition> partitions(String topic) {
        return partitions(topic, any -> true);
    }

    /** Returns the topic's partitions that have a leader, in order, by metadata of at most five minutes ago. */
    public List<TopicPartition> availablePartitions(String topic) {
        return partitions(topic, each -> each.leader() != null && !each.leader().isEmpty());
    }

    private List<TopicPartition> partitions(String topic, Predicate<PartitionInfo> which) {
        try {
            return consumer.partitionsFor(topic).stream()
                    .filter(which)
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
        } catch (TimeoutException e) {
            throw new TimeoutException("Kafka at " + brokers + " does not respond");
        }
    }

    public Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    public long begin(TopicPartition partition) {
        return begins(Set.of(partition)).get(partition);
    }

    /** Returns the end offsets for the isolation level. */
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    public long end(TopicPartition partition) {
        return ends(Set.of(partition)).get(partition);
    }

    /**
     * Returns the offset of each partition's first record with this timestamp or a later one; the end offset if there
     * is none.
     *
     * @param timeMs milliseconds since 1970
     */
    public Map<TopicPartition, Long> at(Collection<TopicPartition> partitions, long timeMs) {
        Map<TopicPartition, Long> found = new HashMap<>(ends(partitions));
        consumer.offsetsForTimes(partitions.stream().collect(Collectors.toMap(Function.identity(), each -> timeMs)))
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        found.put(partition, offset.offset());
                    }
                });
        return found;
    }

    /** Returns the committed offset of the group in the settings; -1 if there is none. */
    public long committed(TopicPartition partition) {
        return commit(partition).map(OffsetAndMetadata::offset).orElse(-1L);
    }

    /** Returns the committed offset of the group in the settings with its metadata; empty if there is none. */
    public Optional<OffsetAndMetadata> commit(TopicPartition partition) {
        return Optional.ofNullable(consumer.committed(Set.of(partition)).get(partition));
    }

    /**
     * Returns the records of ranges, which are read on demand; those of each partition are in order. The iterator is
     * valid until the next call of a method that seeks. It throws {@link TimeoutException} after 30 seconds without
     * progress.
     *
     * @param until the end offset of each of these partitions, exclusive, at most {@link #ends}
     */
    public Iterator<ConsumerRecord<byte[], byte[]>> records(
            Map<TopicPartition, Long> from, Map<TopicPartition, Long> until) {
        seek(from);
        return new Records(from.keySet().stream().collect(Collectors.toMap(Function.identity(), until::get)), false);
    }

    /**
     * Like {@link #records(Map, Map)}, for all present records of a topic.
     *
     * @throws UnknownTopicOrPartitionException if it does not exist
     */
    public Iterator<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<TopicPartition> partitions = partitions(topic);
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("There is no topic " + topic);
        }
        return records(begins(partitions), ends(partitions));
    }

    /** Like {@link #records(Map, Map)}, for one partition. */
    public Iterator<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition, long from, long until) {
        return records(Map.of(partition, from), Map.of(partition, until));
    }

    /**
     * Returns existing and then new records: the iterator waits for the next record and never ends. It throws {@link
     * KafkaException} if a topic is deleted.
     */
    public Iterator<ConsumerRecord<byte[], byte[]>> follow(Map<TopicPartition, Long> from) {
        seek(from);
        return new Records(
                from.keySet().stream().collect(Collectors.toMap(Function.identity(), each -> Long.MAX_VALUE)), true);
    }

    /**
     * Reads the first record of a range of each partition.
     *
     * @param from the first offset of each range
     * @param until the end offset of each range, exclusive
     * @return the records, null for partitions without a record in the range; partitions that were not read in time are
     *     missing
     */
    public Map<TopicPartition, ConsumerRecord<byte[], byte[]>> firsts(
            Map<TopicPartition, Long> from, Map<TopicPartition, Long> until, Duration within) {
        seek(from);
        Map<TopicPartition, ConsumerRecord<byte[], byte[]>> found = new HashMap<>();
        long begun = System.nanoTime();
        try {
            while (found.size() < from.size() && System.nanoTime() - begun < within.toNanos()) {
                for (ConsumerRecord<byte[], byte[]> each : read(SHORT_POLL)) {
                    TopicPartition partition = partition(each);
                    found.putIfAbsent(partition, each.offset() < until.get(partition) ? each : null);
                    consumer.pause(Set.of(partition));
                }
                for (TopicPartition each : from.keySet()) {
                    if (!found.containsKey(each) && consumer.position(each) >= until.get(each)) {
                        found.put(each, null);
                    }
                }
            }
        } finally {
            consumer.resume(from.keySet());
        }
        return found;
    }

    private ConsumerRecords<byte[], byte[]> read(Duration within) {
        limit.begin();
        return consumer.poll(within);
    }

    /** Assigns partitions and seeks to offsets, for {@link #poll}. */
    public void seek(Map<TopicPartition, Long> from) {
        consumer.assign(from.keySet());
        from.forEach(consumer::seek);
    }

    /** Passes the next records to an action, after waiting for at most this time. */
    public void poll(Duration within, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        read(within).forEach(action);
    }

    /** Returns the offset after the last record read of each partition. */
    public Map<TopicPartition, Long> positions() {
        return consumer.assignment().stream().collect(Collectors.toMap(Function.identity(), consumer::position));
    }

    /** Returns whether the positions have reached these offsets. */
    public boolean isAt(Map<TopicPartition, Long> offsets) {
        return offsets.entrySet().stream().allMatch(each -> consumer.position(each.getKey()) >= each.getValue());
    }

    /** Interrupts a read, which throws {@link org.apache.kafka.common.errors.WakeupException}. */
    public void wakeup() {
        consumer.wakeup();
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    private final class Records implements Iterator<ConsumerRecord<byte[], byte[]>> {
        private final Map<TopicPartition, Long> until;
        private final boolean isEndless;
        private final Queue<ConsumerRecord<byte[], byte[]>> polled = new ArrayDeque<>();

        Records(Map<TopicPartition, Long> until, boolean isEndless) {
            this.until = until;
            this.isEndless = isEndless;
        }

        @Override
        public boolean hasNext() {
            long progressed = System.nanoTime();
            while (polled.isEmpty() && !isAt(until)) {
                Map<TopicPartition, Long> before = positions();
                poll(POLL, each -> {
                    if (each.offset() < until.get(partition(each))) {
                        polled.add(each);
                    }
                });
                if (!positions().equals(before)) {
                    progressed = System.nanoTime();
                } else if (isEndless && System.nanoTime() - progressed > TOPIC_CHECK_INTERVAL.toNanos()) {
                    requireTopics();
                    progressed = System.nanoTime();
                } else if (!isEndless && System.nanoTime() - progressed > PROGRESS_TIMEOUT.toNanos()) {
                    throw new TimeoutException(stalled());
                }
            }
            return !polled.isEmpty();
        }

        /**
         * Throws if a topic was deleted. Polls do not show that: they return nothing, as they do without new records or
         * if Kafka hangs.
         */
        private void requireTopics() {
            until.keySet().stream().map(TopicPartition::topic).distinct().forEach(topic -> {
                if (partitions(topic).isEmpty()) {
                    throw new KafkaException("Topic " + topic + " was deleted");
                }
            });
        }

        private String stalled() {
            return positions().entrySet().stream()
                    .filter(each -> each.getValue() < until.get(each.getKey()))
                    .map(each -> "%s@%d".formatted(each.getKey(), each.getValue()))
                    .sorted()
                    .collect(Collectors.joining(
                            ", ",
                            "Kafka at %s returned neither a record nor the end within %d s of "
                                    .formatted(brokers, PROGRESS_TIMEOUT.toSeconds()),
                            ""));
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
