package io.wadi.ingest.deduplication;

import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores the first events of an inbox's partition from the same partition of the topic of answers.
 *
 * <p>Call it after the partition was assigned and the group's committed offset was read. Kafka returns that offset only
 * when no open transaction contains an offset of the partition, and rejects the offsets of former owners, so that their
 * remaining transactions will be aborted. The answers of committed transactions are in the log, but the leader of the
 * answers may not have their commit markers yet. The reader therefore reads committed records up to the current high
 * watermark, which waits for all transactions that are open below it.
 *
 * @param readerProperties supplies the settings of its Kafka clients
 */
record FirstEventsReader(Supplier<Properties> readerProperties, IdLimit limit)
        implements DeduplicationSink.StateReader {
    private static final Logger LOG = LoggerFactory.getLogger(FirstEventsReader.class);

    /** Maximum difference between the clocks of brokers. */
    static final Duration CLOCKS = Duration.ofMinutes(10);

    private static final TopicReader.Fetch COMMITTED =
            new TopicReader.Fetch(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"));

    /**
     * Reads the first events within the window before a time, extended by {@link #CLOCKS}.
     *
     * @param atMs the time of the next record of the inbox, in milliseconds since 1970
     * @throws KafkaException if Kafka is unavailable, an answer cannot be read, or the ids exceed the memory
     */
    @Override
    public FirstEvents read(Topic topic, int partition, long atMs) {
        TopicPartition answers = new TopicPartition(topic.answers(), partition);
        // Later records may have earlier timestamps, from a leader with a clock that is behind.
        long since = atMs - topic.deduplication().within().toMillis() - CLOCKS.toMillis();
        Properties properties = readerProperties.get();
        FirstEvents state = new FirstEvents(limit);
        try (TopicReader reader = new TopicReader(properties, COMMITTED)) {
            long until = highWatermark(properties, answers);
            // The leader of the answers may be behind that of the inbox, too.
            long from = reader.at(Set.of(answers), since - CLOCKS.toMillis()).get(answers);
            for (Iterator<ConsumerRecord<byte[], byte[]>> read = reader.records(answers, Math.min(from, until), until);
                    read.hasNext(); ) {
                answers(read.next()).forEach(each -> add(topic, each, since, state, limit));
            }
            return state;
        } catch (RuntimeException | LinkageError | AssertionError e) {
            state.close();
            throw e;
        }
    }

    private static long highWatermark(Properties properties, TopicPartition partition) {
        try (TopicReader uncommitted = new TopicReader(
                properties, new TopicReader.Fetch(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted")))) {
            return uncommitted.end(partition);
        }
    }

    /**
     * Returns the answers of a record; none if another program wrote it.
     *
     * @throws KafkaException if it may contain answers that cannot be read: without them an event could be stored twice
     */
    static List<Answer> answers(ConsumerRecord<byte[], byte[]> record) {
        String location = ConsumedRecord.at(record);
        if (!Answers.isVersioned(record.value())) {
            LOG.warn("{}: ignored a record that deduplication did not write", location);
            return List.of();
        }
        try {
            return Answers.decode(record.value());
        } catch (IllegalArgumentException e) {
            throw new KafkaException(
                    ("%s: %s; without the answers of this record, events could be stored twice: run the version of Wadi"
                                    + " that wrote it, or, if another program did, delete the records up to it")
                            .formatted(location, e.getMessage()),
                    e);
        }
    }

    /** Adds the first event of an answer to the known ones unless it is earlier than {@code since}. */
    static void add(Topic topic, Answer answer, long since, FirstEvents state, IdLimit limit) {
        if (answer.kind() != Answer.Kind.STORED || answer.first().timeMs() < since) {
            return;
        }
        First known = state.find(answer.id());
        if (known != null && known.timeMs() >= answer.first().timeMs()) {
            return; // the answer for a retry
        }
        if (!limit.tryRestore(answer.first().sender())) {
            throw new KafkaException(
                    ("the ids of the last %s exceed %,d, the maximum for half of this process' memory outside the heap:"
                                    + " increase -XX:MaxDirectMemorySize, or add instances")
                            .formatted(Units.text(topic.deduplication().within()), limit.maxRestored()));
        }
        state.put(answer.id(), answer.first());
    }
}
