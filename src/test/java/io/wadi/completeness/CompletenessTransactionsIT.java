package io.wadi.completeness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.completeness.Watermark.State;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Watermarks of topics with transactions, and of records with dead letters in a transaction. */
@Execution(ExecutionMode.CONCURRENT)
class CompletenessTransactionsIT extends CompletenessTestSupport {
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

    /** A group that has read everything leaves its committed offset before the marker. */
    @Test
    void markersAfterTheCommittedOffset_isComplete() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        KafkaProbe.sendInTransaction(topic, true, "{}");
        commit(1);

        assertThat(watermark().state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void abortedRecordsAfterTheCommittedOffset_isComplete() throws Exception {
        TopicProbe.create(topic, 1, APPEND_TIME);
        send();
        KafkaProbe.sendInTransaction(topic, false, "{}");
        commit(1);
        assertThat(watermark().state()).isEqualTo(State.COMPLETE);

        Instant next = send();

        assertThat(watermark().time()).isEqualTo(next);
    }

    @Test
    void openTransaction_limitsTheWatermarkToItsFirstRecord_untilItHasEndedAndIsCommitted() throws Exception {
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
            Watermark ended = watermark();
            commit(4);

            assertThat(open.state()).isEqualTo(State.BEHIND);
            assertThat(open.reason()).isEqualTo("a transaction is open since " + topic + "-0@1");
            assertThat(open.time()).isEqualTo(first);
            assertThat(ended.time()).isEqualTo(first);
            assertThat(ended.reason()).isEqualTo(topic + "-0@1 is not landed yet");
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
}
