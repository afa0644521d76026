package io.wadi.completeness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.completeness.Watermark.Basis;
import io.wadi.completeness.Watermark.State;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.kafka.targets.RecordTarget.Range;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Watermarks of topics in real Kafka, with offsets that the test commits for the group. */
@Execution(ExecutionMode.CONCURRENT)
class CompletenessOnKafkaIT {
    private static final Map<String, String> APPEND_TIME = Map.of("message.timestamp.type", "LogAppendTime");

    @AutoClose
    private static final Admin ADMIN = Admin.create(
            Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers()));

    private final String topic = "complete-" + UUID.randomUUID();
    private final String deadLetters = topic + "-dead-letters";
    private final TopicPartition partition = new TopicPartition(topic, 0);
    private final Map<TopicPartition, List<Range>> expired = new HashMap<>();
    private final RecordTarget target = ObservedTruth.target("landed", topic, expired);

    @AutoClose
    private final Completeness completeness = new Completeness(KafkaProbe.clients(), deadLetters, Duration.ZERO);

    private Watermark watermark() throws Exception {
        return completeness.watermark(topic, target, false);
    }

    private ProducerRecord<byte[], byte[]> record(int number) {
        return new ProducerRecord<>(topic, number, null, "{}".getBytes(UTF_8));
    }

    /** Sends a record to partition 0 and returns its time. */
    private Instant send() throws Exception {
        return Instant.ofEpochMilli(KafkaProbe.send(record(0)).timestamp());
    }

    private void commit(long offset) throws ExecutionException, InterruptedException {
        GroupProbe.commit(topic, partition, offset);
    }

    private void configure(String name, String value) throws ExecutionException, InterruptedException {
        ADMIN.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private KafkaProducer<byte[], byte[]> transactional() {
        return transactional(topic);
    }

    private static KafkaProducer<byte[], byte[]> transactional(String id) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers(), "transactional.id", id),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    @Test
    void emptyTopic_isCompleteUntilNow() throws Exception {
        TopicProbe.create(topic, 3, APPEND_TIME);
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        Watermark watermark = watermark();

        assertThat(watermark.state()).isEqualTo(State.COMPLETE);
        assertThat(watermark.basis()).isEqualTo(Basis.APPEND_TIME);
        assertThat(watermark.time()).isBetween(before, Instant.now());
    }

    /** Two of three partitions have never had a record. */
    @Test
    void missingRecords_limitTheWatermarkToTheFirstOne_despiteIdlePartitions() throws Exception {
        TopicProbe.create(topic, 3, APPEND_TIME);
        send();
        Instant second = send();
        send();

        commit(1);
        Watermark behind = watermark();
        commit(3);
        Watermark complete = watermark();

        assertThat(behind.state()).isEqualTo(State.BEHIND);
        assertThat(behind.time()).isEqualTo(second);
        assertThat(behind.firstPending()).isEqualTo(topic + "-0@1");
        assertThat(behind.lag()).isEqualTo(2);
        assertThat(complete.state()).isEqualTo(State.COMPLETE);
        assertThat(complete.lag()).isZero();
    }

    @Test
    void withoutACommittedOffset_watermarkIsTheTimeOfTheFirstRecord() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        Instant first = send();
        send();

        assertThat(watermark().time()).isEqualTo(first);
    }

    /** A group that has read everything leaves its committed offset before the marker. */
    @Test
    void markersAfterTheCommittedOffset_isComplete() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        try (KafkaProducer<byte[], byte[]> producer = transactional()) {
            producer.beginTransaction();
            producer.send(record(0)).get();
            producer.commitTransaction();
        }
        TopicProbe.awaitReadable(topic);
        commit(1);

        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void abortedRecordsAfterTheCommittedOffset_isComplete() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        send();
        try (KafkaProducer<byte[], byte[]> producer = transactional()) {
            producer.beginTransaction();
            producer.send(record(0)).get();
            producer.abortTransaction();
        }
        TopicProbe.awaitReadable(topic);
        commit(1);
        assertThat(watermark().state()).isEqualTo(State.COMPLETE);

        Instant next = send();

        assertThat(watermark().time()).isEqualTo(next);
    }

    @Test
    void openTransaction_limitsTheWatermarkToItsFirstRecord_untilItIsDecidedAndCommitted() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        send();
        commit(1);
        try (KafkaProducer<byte[], byte[]> producer = transactional()) {
            producer.beginTransaction();
            Instant first = Instant.ofEpochMilli(producer.send(record(0)).get().timestamp());
            send();
            Watermark open = watermark();
            producer.commitTransaction();
            TopicProbe.awaitReadable(topic);
            Watermark decided = watermark();
            commit(4);

            assertThat(open.state()).isEqualTo(State.BEHIND);
            assertThat(open.reason()).isEqualTo("a transaction is open since " + topic + "-0@1");
            assertThat(open.time()).isEqualTo(first);
            assertThat(decided.time()).isEqualTo(first);
            assertThat(decided.reason()).isEqualTo(topic + "-0@1 is not landed yet");
            assertThat(watermark().state()).isEqualTo(State.COMPLETE);
        }
    }

    /**
     * Kafka commits the offset of a transaction a moment before the dead letters in the same transaction. Dead letters
     * without a transaction are hidden by another one that is open before them.
     */
    @Test
    void deadLettersInAnOpenTransaction_watermarkStaysBeforeTheirRecords() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        TopicProbe.create(deadLetters, 2);
        try (KafkaProducer<byte[], byte[]> producer = transactional()) {
            Instant first = send();
            Watermark before = watermark();
            openWithDeadLetter(producer, 1);
            commit(1);
            Watermark open = watermark();
            Watermark again = watermark();
            try (Completeness other = new Completeness(KafkaProbe.clients(), deadLetters, Duration.ZERO)) {
                assertDeadLettersInvisible(other);
            }
            producer.commitTransaction();
            TopicProbe.awaitReadable(deadLetters);

            assertThat(List.of(before.time(), open.time(), again.time())).containsOnly(first);
            assertThat(open.state()).isEqualTo(State.BEHIND);
            assertThat(watermark().state()).isEqualTo(State.COMPLETE);
        }
    }

    private void assertDeadLettersInvisible(Completeness evaluated) {
        assertThatThrownBy(() -> evaluated.watermark(topic, target, false))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("The dead letters of %s cannot be read yet: a transaction is open in topic %s, "
                                .formatted(topic, deadLetters)
                        + "or one of its partitions has no leader");
    }

    /** The last committed offset with visible dead letters is before the deleted record, the current one after it. */
    @Test
    void recordsDeletedDuringATransactionWithDeadLetters_failureNamesTheTransaction() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        TopicProbe.create(deadLetters, 2);
        try (KafkaProducer<byte[], byte[]> producer = transactional()) {
            send();
            watermark();
            openWithDeadLetter(producer, 1);
            commit(1);
            TopicProbe.delete(partition, 1);
            assertDeadLettersInvisible(completeness);
            producer.commitTransaction();
            TopicProbe.awaitReadable(deadLetters);

            assertThat(watermark().state()).isEqualTo(State.COMPLETE);
        }
    }

    /** At each sample one of two transactions is open, but never the same one. */
    @Test
    void deadLettersInOverlappingTransactions_watermarkFollows() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        TopicProbe.create(deadLetters, 2);
        try (KafkaProducer<byte[], byte[]> one = transactional();
                KafkaProducer<byte[], byte[]> other = transactional(topic + "-other")) {
            Instant first = send();
            Instant before = watermark().time();
            openWithDeadLetter(one, 0);
            commit(1);
            Instant open = watermark().time();
            openWithDeadLetter(other, 1);
            one.commitTransaction();
            await().untilAsserted(() -> assertThat(watermark().state()).isEqualTo(State.COMPLETE));
            other.commitTransaction();

            assertThat(List.of(before, open)).containsOnly(first);
        }
    }

    /** The dead-letter topic is read once for all topics, when the round begins. */
    @Test
    void deadLettersSentDuringARound_affectTheNextRound() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        TopicProbe.create(deadLetters, 2);
        send();
        try (ProgressReader reader =
                        new ProgressReader(KafkaProbe.clients(), deadLetters, Duration.ZERO, Clock.systemUTC());
                KafkaProducer<byte[], byte[]> producer = transactional()) {
            reader.begin(Set.of());
            assertThat(reader.read(topic, target, topic)).isPresent();
            commit(1);
            reader.begin(Set.of(topic));
            openWithDeadLetter(producer, 1);
            Instant second = send();
            commit(2);
            Watermark inRound = reader.read(topic, target, topic).orElseThrow().watermark(false);
            producer.commitTransaction();
            TopicProbe.awaitReadable(deadLetters);
            reader.begin(Set.of(topic));
            Watermark next = reader.read(topic, target, topic).orElseThrow().watermark(false);

            assertThat(inRound.time()).isEqualTo(second);
            assertThat(next.state()).isEqualTo(State.COMPLETE);
        }
    }

    private void openWithDeadLetter(KafkaProducer<byte[], byte[]> producer, int deadLetterPartition) throws Exception {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(deadLetters, deadLetterPartition, null, "{}".getBytes(UTF_8)))
                .get();
    }

    @Test
    void recordsDeletedBeforeLanding_isUnknownWithTheRanges() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        for (int i = 0; i < 10; i++) {
            send();
        }
        TopicProbe.delete(partition, 4);
        Watermark never = watermark();
        commit(2);
        Watermark behind = watermark();
        // The target records the range before it commits the offset after it.
        expired.put(partition, List.of(new Range(2, 3)));
        commit(10);
        Watermark recorded = watermark();

        assertThat(List.of(never.state(), behind.state(), recorded.state())).containsOnly(State.UNKNOWN);
        assertThat(never.expired()).isEqualTo(Map.of(partition, List.of(new Range(0, 3))));
        assertThat(behind.expired()).isEqualTo(Map.of(partition, List.of(new Range(2, 3))));
        assertThat(recorded.expired()).isEqualTo(Map.of(partition, List.of(new Range(2, 3))));
        assertThat(completeness.watermark(topic, target, true).state()).isEqualTo(State.COMPLETE);

        // An operator has accepted the expired range.
        expired.remove(partition);
        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void recordsDeletedAfterLanding_isComplete() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        send();
        send();
        commit(2);
        TopicProbe.delete(partition, 2);

        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void producerTimestamps_watermarkFollowsObservedEndOffsets() throws Exception {
        TopicProbe.create(topic, 2);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, 5L, null, "{}".getBytes(UTF_8)));
        Watermark first = watermark();
        KafkaProbe.send(new ProducerRecord<>(topic, 0, 7L, null, "{}".getBytes(UTF_8)));
        Watermark second = watermark();
        commit(1);
        Watermark third = watermark();
        commit(2);
        Watermark fourth = watermark();

        assertThat(first.basis()).isEqualTo(Basis.OBSERVED);
        assertThat(first.time()).isNull();
        assertThat(second.time()).isNull();
        assertThat(third.state()).isEqualTo(State.BEHIND);
        assertThat(third.time()).isEqualTo(first.at());
        assertThat(fourth.state()).isEqualTo(State.COMPLETE);
        assertThat(fourth.time()).isEqualTo(fourth.at());
    }

    /** The records of the backlog have producer timestamps, which can be any time. */
    @Test
    void topicChangedToAppendTime_isObservedUntilTheBacklogIsLanded() throws Exception {
        TopicProbe.create(topic, 1);
        send();
        configure("message.timestamp.type", "LogAppendTime");
        Watermark backlog = watermark();
        commit(1);

        assertThat(backlog.basis()).isEqualTo(Basis.OBSERVED);
        assertThat(watermark().basis()).isEqualTo(Basis.APPEND_TIME);
    }

    /**
     * While the record with the latest timestamp has a producer timestamp, Kafka does not reveal unreplicated records.
     */
    @Test
    void timestampInTheFutureFromBeforeAppendTime_isObserved() throws Exception {
        sendBeforeAppendTime(System.currentTimeMillis() + TimeUnit.MINUTES.toMillis(30));

        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
        assertThat(watermark().basis()).isEqualTo(Basis.OBSERVED);
    }

    @Test
    void appendTimeLaterThanAnEarlierTimestamp_isTheBasis() throws Exception {
        long future = System.currentTimeMillis() + 1_000;
        sendBeforeAppendTime(future);

        await().until(() -> send().toEpochMilli() > future);
        commit(TopicProbe.end(partition));

        assertThat(watermark().basis()).isEqualTo(Basis.APPEND_TIME);
    }

    /** Sends a record with a producer timestamp to the topic, which then changes to append times. */
    private void sendBeforeAppendTime(long timestamp) throws Exception {
        TopicProbe.create(topic, 1);
        KafkaProbe.send(new ProducerRecord<>(topic, 0, timestamp, null, "{}".getBytes(UTF_8)));
        commit(1);
        configure("message.timestamp.type", "LogAppendTime");
    }

    @Test
    void committedOffsetBeyondTheEndOffset_isUnknown() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        commit(5);

        Watermark watermark = watermark();

        assertThat(watermark.state()).isEqualTo(State.UNKNOWN);
        assertThat(watermark.reason()).contains("the topic was recreated or has lost records");
    }

    @Test
    void newPartition_limitsTheWatermark() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
        TopicProbe.grow(topic, 2);
        Instant first = Instant.ofEpochMilli(KafkaProbe.send(record(1)).timestamp());

        assertThat(watermark().time()).isEqualTo(first);
    }

    @Test
    void unknownTopic_isRejected() {
        assertThatIllegalArgumentException().isThrownBy(this::watermark).withMessage("There is no topic " + topic);
    }
}
