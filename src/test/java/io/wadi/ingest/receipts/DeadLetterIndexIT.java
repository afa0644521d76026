package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.kafka.records.TopicReader;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** The index of dead letters on real Kafka. */
class DeadLetterIndexIT {
    private static final Uuid TOPIC_ID = Uuid.randomUuid();
    private static final int MAX = 5;
    private static final Duration MAX_WAIT = Duration.ofMinutes(2);

    private static void reject(String topic, String route, long offset, long timeMs) throws Exception {
        reject(topic, route, offset, timeMs, "value " + offset + " of " + route + "\nat length");
    }

    private static void reject(String topic, String route, long offset, long timeMs, String message) throws Exception {
        reject(new TopicPartition(topic, 0), route, offset, timeMs, message);
    }

    private static void reject(TopicPartition to, String route, long offset, long timeMs, String message)
            throws Exception {
        ProducerRecord<byte[], byte[]> deadLetter =
                new ProducerRecord<>(to.topic(), to.partition(), timeMs, null, new byte[0]);
        Map<String, String> headers = new TreeMap<>();
        headers.put("topic", "source");
        headers.put("partition", "0");
        headers.put("offset", Long.toString(offset));
        headers.put("connector.name", route);
        headers.put("exception.class.name", "a.b.Rejected");
        headers.put("exception.message", message);
        headers.forEach((name, value) -> deadLetter.headers().add("__connect.errors." + name, value.getBytes(UTF_8)));
        KafkaProbe.send(deadLetter);
    }

    private static Receipt source(long offset) {
        return new Receipt(new TopicPartition("source", 0), offset);
    }

    private static DeadLetterIndex index(int max, long maxBytes) {
        return index(max, maxBytes, Duration.ZERO);
    }

    private static DeadLetterIndex index(int max, long maxBytes, Duration maxAhead) {
        return new DeadLetterIndex(
                () -> new TopicReader(
                        Map.of(
                                "bootstrap.servers",
                                TestServers.shared().ports().kafkaBrokers(),
                                "isolation.level",
                                "read_committed"),
                        TopicReader.Fetch.DEFAULT),
                max,
                maxBytes,
                maxAhead);
    }

    private static DeadLetterEndOffsets.Found ends(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return new DeadLetterEndOffsets.Found(TOPIC_ID, Map.of(partition, TopicProbe.end(partition)), true);
    }

    @Test
    void deadLetters_areFoundByTheirSourceRecord_onePerRoute() throws Exception {
        String topic = "dead-letter-index-found";
        TopicProbe.create(topic, 1);
        reject(topic, "indexing", 7, 1000);
        reject(topic, "landing", 7, 2000);
        reject(topic, "indexing", 7, 3000);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, null, "an event that was no record".getBytes(UTF_8)));
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE)) {
            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.of(source(7)))
                    .extracting(Rejection::route, each -> each.at().offset(), Rejection::reason)
                    .containsExactly(
                            tuple("indexing", 2L, "Rejected: value 7 of indexing"),
                            tuple("landing", 1L, "Rejected: value 7 of landing"));
            assertThat(index.of(source(8))).isEmpty();
            assertThat(index.isCompleteSince(Long.MIN_VALUE)).isTrue();

            reject(topic, "indexing", 8, 4000);
            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.of(source(8))).hasSize(1);
        }
    }

    @Test
    void olderDeadLetters_areEvicted_andTheirTimestampLimitIsTracked() throws Exception {
        String topic = "dead-letter-index-bounded";
        TopicProbe.create(topic, 1);
        for (int i = 0; i < 2 * MAX; i++) {
            reject(topic, "indexing", i, 1000 + i);
        }
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE)) {
            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.of(source(MAX - 1))).isEmpty();
            assertThat(index.of(source(MAX))).hasSize(1);
            assertThat(index.isCompleteSince(1000 + MAX)).isFalse();
            assertThat(index.isCompleteSince(1000 + MAX + 1)).isTrue();

            reject(topic, "indexing", 2 * MAX, 2000);
            reject(topic, "indexing", 2 * MAX + 1, 2001);
            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.of(source(MAX + 1))).isEmpty();
            assertThat(index.of(source(2 * MAX + 1))).hasSize(1);
            assertThat(index.isCompleteSince(1000 + MAX + 1)).isFalse();
        }
    }

    /** Otherwise its newest dead letter would be evicted, and with it the completeness until that one's timestamp. */
    @Test
    void recordThatIsRejectedAgain_isEvictedAfterOlderOnes() throws Exception {
        String topic = "dead-letter-index-again";
        TopicProbe.create(topic, 1);
        for (int i = 0; i < MAX; i++) {
            reject(topic, "indexing", i, 1000 + i);
        }
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE)) {
            index.readTo(ends(topic), MAX_WAIT);
            reject(topic, "indexing", 0, 2000);
            reject(topic, "indexing", MAX, 2001);

            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.of(source(0))).hasSize(1);
            assertThat(index.of(source(1))).isEmpty();
            assertThat(index.isCompleteSince(1001)).isFalse();
            assertThat(index.isCompleteSince(1002)).isTrue();
        }
    }

    @Test
    @Nightly(perChange = "DeadLetterIndexIT#olderDeadLetters_areEvicted_andTheirTimestampLimitIsTracked")
    void bytes_areBounded_evenWithLongReasons() throws Exception {
        String topic = "dead-letter-index-bytes";
        int records = 1000;
        long maxBytes = 200_000;
        TopicProbe.create(topic, 1);
        for (int i = 0; i < records; i++) {
            reject(topic, "landing", i, 1000 + i, "値".repeat(i % 2 == 0 ? 10_000 : 1));
        }
        try (DeadLetterIndex index = index(Integer.MAX_VALUE, maxBytes)) {
            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.bytes()).isBetween(maxBytes / 2, maxBytes);
            assertThat(index.of(source(records - 1))).hasSize(1);
            assertThat(index.of(source(0))).isEmpty();
            assertThat(index.isCompleteSince(1000)).isFalse();
            assertThat(index.isCompleteSince(1000 + records)).isTrue();
        }
    }

    @Test
    void deletedDeadLetters_makeTheIndexIncompleteUpToTheFirstRemainingOne() throws Exception {
        String topic = "dead-letter-index-expired";
        TopicProbe.create(topic, 1);
        for (int i = 0; i < 10; i++) {
            reject(topic, "landing", i, 1000 + i);
        }
        TopicProbe.delete(new TopicPartition(topic, 0), 5);
        try (DeadLetterIndex index = index(Integer.MAX_VALUE, Long.MAX_VALUE)) {
            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.of(source(5))).hasSize(1);
            assertThat(index.isCompleteSince(1004)).isFalse();
            assertThat(index.isCompleteSince(1006)).isTrue();
        }
    }

    @Test
    void allDeadLettersDeleted_indexIsIncompleteUpToTheTimeOfTheRead() throws Exception {
        String topic = "dead-letter-index-all-expired";
        TopicProbe.create(topic, 1);
        reject(topic, "landing", 1, 1000);
        TopicProbe.delete(new TopicPartition(topic, 0), 1);
        long before = System.currentTimeMillis();
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE, Duration.ofHours(1))) {
            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.isCompleteSince(before - 1)).isFalse();
            assertThat(index.isCompleteSince(System.currentTimeMillis() + 1)).isTrue();
        }
    }

    @Test
    void deadLettersDeletedBeforeTheNextRead_makeTheIndexIncomplete() throws Exception {
        String topic = "dead-letter-index-expiring";
        TopicProbe.create(topic, 1);
        reject(topic, "landing", 0, 1000);
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE)) {
            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.isCompleteSince(1000)).isTrue();
            reject(topic, "landing", 1, 2000);
            reject(topic, "landing", 2, 3000);
            TopicProbe.delete(new TopicPartition(topic, 0), 2);

            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.of(source(2))).hasSize(1);
            assertThat(index.isCompleteSince(2000)).isFalse();
            assertThat(index.isCompleteSince(3001)).isTrue();
        }
    }

    @Test
    void partitionWithAbortedRecordsOnly_isIncompleteUpToTheTimeOfTheRead() throws Exception {
        String topic = "dead-letter-index-aborted";
        TopicProbe.create(topic, 1);
        reject(topic, "landing", 1, 1000);
        KafkaProbe.sendInTransaction(topic, false, "1", "2", "3", "4", "5");
        long before = System.currentTimeMillis();
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE)) {
            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.of(source(1))).isEmpty();
            assertThat(index.isCompleteSince(before - 1)).isFalse();
            assertThat(index.isCompleteSince(System.currentTimeMillis() + 1)).isTrue();
        }
    }

    @Test
    void recordWithAFutureTimestamp_mayHaveAnEarlierEvictedDeadLetter() throws Exception {
        String topic = "dead-letter-index-ahead";
        TopicProbe.create(topic, 1);
        for (int i = 0; i < 2 * MAX; i++) {
            reject(topic, "indexing", i, 1000 + i);
        }
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE, Duration.ofMillis(100))) {
            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.isCompleteSince(1000 + MAX + 100)).isFalse();
            assertThat(index.isCompleteSince(1000 + MAX + 101)).isTrue();

            reject(topic, "indexing", 2 * MAX, 2000);
            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.isCompleteSince(1000 + MAX + 101)).isTrue();
            reject(topic, "indexing", 2 * MAX + 1, 2001);
            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.isCompleteSince(1000 + MAX + 101)).isFalse();
        }
    }

    @Test
    void readThatTimesOut_isContinuedByTheNext() throws Exception {
        String topic = "dead-letter-index-behind";
        TopicProbe.create(topic, 1);
        reject(topic, "landing", 1, 1000);
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE)) {
            index.readTo(ends(topic), Duration.ZERO);
            assertThat(index.isBehind()).isTrue();

            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.isBehind()).isFalse();
            assertThat(index.of(source(1))).hasSize(1);
        }
    }

    @Test
    void partitionWithoutAnEnd_leavesItBehind_andContinuesWhereItWas() throws Exception {
        String topic = "dead-letter-index-incomplete";
        TopicPartition other = new TopicPartition(topic, 1);
        TopicProbe.create(topic, 2);
        for (int i = 0; i < MAX; i++) {
            reject(other, "landing", i, 1000 + i, "in the other");
        }
        Map<TopicPartition, Long> both = new HashMap<>(ends(topic).known());
        both.put(other, TopicProbe.end(other));
        try (DeadLetterIndex index = index(2 * MAX, Long.MAX_VALUE)) {
            index.readTo(new DeadLetterEndOffsets.Found(TOPIC_ID, both, true), MAX_WAIT);
            assertThat(index.isBehind()).isFalse();
            reject(topic, "landing", MAX, 2000);

            index.readTo(new DeadLetterEndOffsets.Found(TOPIC_ID, ends(topic).known(), false), MAX_WAIT);
            assertThat(index.isBehind()).isTrue();
            assertThat(index.of(source(MAX))).hasSize(1);

            reject(other, "landing", MAX + 1, 3000, "in the other");
            both.putAll(ends(topic).known());
            both.put(other, TopicProbe.end(other));
            index.readTo(new DeadLetterEndOffsets.Found(TOPIC_ID, both, true), MAX_WAIT);
            assertThat(index.isBehind()).isFalse();
            assertThat(index.of(source(MAX + 1))).hasSize(1);
            assertThat(index.of(source(0))).hasSize(1);
            assertThat(index.isCompleteSince(Long.MIN_VALUE)).isTrue();
        }
    }

    @Test
    void deadLettersOfARecreatedTopic_areReadFromItsBeginning() throws Exception {
        String topic = "dead-letter-index-recreated";
        TopicProbe.create(topic, 1);
        for (int i = 0; i < MAX; i++) {
            reject(topic, "landing", i, 1000 + i);
        }
        try (DeadLetterIndex index = index(2 * MAX, Long.MAX_VALUE)) {
            index.readTo(ends(topic), MAX_WAIT);
            TopicProbe.recreate(topic);
            reject(topic, "landing", 2 * MAX, 2000);

            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.isBehind()).isFalse();
            assertThat(index.of(source(2 * MAX))).hasSize(1);
            assertThat(index.of(source(0))).as("before").hasSize(1);
            assertThat(index.isCompleteSince(Long.MIN_VALUE)).isTrue();

            for (int i = 1; i <= MAX; i++) {
                reject(topic, "landing", 2 * MAX + i, 2000 + i);
            }
            index.readTo(ends(topic), MAX_WAIT);
            assertThat(index.of(source(3 * MAX))).hasSize(1);
        }
    }

    @Test
    void deadLetterWithAMalformedLocation_isSkipped() throws Exception {
        String topic = "dead-letter-index-malformed";
        TopicProbe.create(topic, 1);
        ProducerRecord<byte[], byte[]> malformed = new ProducerRecord<>(topic, 0, null, new byte[0]);
        Map.of("topic", "source", "partition", "first", "offset", "1")
                .forEach((name, value) -> malformed.headers().add("__connect.errors." + name, value.getBytes(UTF_8)));
        KafkaProbe.send(malformed);
        reject(topic, "landing", 1, 1000);
        try (DeadLetterIndex index = index(MAX, Long.MAX_VALUE)) {
            index.readTo(ends(topic), MAX_WAIT);

            assertThat(index.of(source(1))).hasSize(1);
        }
    }
}
