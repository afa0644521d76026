package io.wadi.ingest.deduplication;

import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.topics.Topic;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Restores the first events of an inbox's partition from the same partition of the answers.
 *
 * <p>Call it when the group's committed offset has been read after the partition was assigned. Kafka returns that offset
 * once no transaction with an offset of the partition is undecided, and rejects the offsets of former owners: no
 * transaction of theirs that is not decided yet will be committed. The answers of the committed ones are in the log, but a
 * broker may learn later that they are. So it reads to the end of the log, the high watermark as of now, as a reader
 * of committed records: past the transactions that are still open there, which are aborted.
 */
final class FirstEventsReader implements DeduplicationSink.StateReader {
    /** Brokers' clocks may differ by this much. */
    static final Duration CLOCKS = Duration.ofMinutes(10);

    private static final TopicReader.Fetch COMMITTED =
            new TopicReader.Fetch(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"));

    private final Supplier<Properties> readerProperties;
    private final IdLimit limit;

    /** Takes the settings of a reader. */
    FirstEventsReader(Supplier<Properties> readerProperties, IdLimit limit) {
        this.readerProperties = readerProperties;
        this.limit = limit;
    }

    /**
     * Reads the first events within the window, and those of {@link #CLOCKS} before it.
     *
     * @param atMs the time of the first record that follows, in milliseconds since 1970
     * @throws KafkaException if Kafka does not answer, or there are more ids than memory allows
     */
    @Override
    public FirstEvents read(Topic topic, int partition, long atMs) {
        TopicPartition answers = new TopicPartition(topic.answers(), partition);
        // Later records may have earlier times, from a leader whose clock is behind.
        long since = atMs - topic.deduplication().within().toMillis() - CLOCKS.toMillis();
        Properties properties = readerProperties.get();
        FirstEvents state = new FirstEvents(limit);
        try (TopicReader reader = new TopicReader(properties, COMMITTED)) {
            long until = highWatermark(properties, answers);
            long from = reader.at(Set.of(answers), since).get(answers);
            for (Iterator<ConsumerRecord<byte[], byte[]>> read = reader.records(answers, Math.min(from, until), until);
                    read.hasNext(); ) {
                ConsumerRecord<byte[], byte[]> answer = read.next();
                if (answer.value() != null) {
                    Answers.decode(answer.value()).forEach(each -> add(topic, each, since, state, limit));
                }
            }
            return state;
        } catch (RuntimeException e) {
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

    /** Adds the first event of an answer to a state unless it is earlier than {@code since}. */
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
                    ("the ids of the last %s exceed the %,d that half of this process' memory outside the heap holds:"
                                    + " increase -XX:MaxDirectMemorySize, or add instances")
                            .formatted(topic.deduplication().within(), limit.maxRestored()));
        }
        state.put(answer.id(), answer.first());
    }
}
