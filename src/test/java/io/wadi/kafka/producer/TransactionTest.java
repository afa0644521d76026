package io.wadi.kafka.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.Producers;
import io.wadi.kafka.RejectedSendException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class TransactionTest {
    private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS =
            Map.of(new TopicPartition("events", 0), new OffsetAndMetadata(7));

    @SuppressWarnings("removal") // the interface has no other way to make one
    private static final ConsumerGroupMetadata GROUP = new ConsumerGroupMetadata("group");

    private final List<String> ids = new ArrayList<>();
    private final List<MockProducer<Object, Object>> producers = new ArrayList<>();

    @Test
    void producerAfterAFailure_hasTheSameId() {
        try (Transaction transaction = transaction(producer -> {
            if (producers.size() == 1) {
                producer.sendOffsetsToTransactionException = new KafkaException("planned");
            }
        })) {
            send(transaction);
            assertThatExceptionOfType(KafkaException.class).isThrownBy(() -> transaction.commit(OFFSETS, GROUP));
            assertThat(transaction.isInDoubt()).isFalse();

            send(transaction);
            transaction.commit(OFFSETS, GROUP);
            send(transaction);
            transaction.commit(OFFSETS, GROUP);
        }
        assertThat(ids).hasSize(2);
        assertThat(ids.get(1)).isEqualTo(ids.get(0)).startsWith("wadi-");
        assertThat(producers.get(0).transactionAborted()).isTrue();
        assertThat(producers.get(0).closed()).isTrue();
    }

    /** Otherwise readers of the topics would wait until the transaction times out. */
    @Test
    void transactionWithAFailedSend_isAborted() {
        try (Transaction transaction = transaction(producer -> {
            if (producers.size() == 1) {
                producer.sendException = new KafkaException("planned");
            }
        })) {
            assertThatExceptionOfType(KafkaException.class).isThrownBy(() -> commit(transaction));

            assertThat(producers.get(0).transactionAborted()).isTrue();
            assertThat(producers.get(0).closed()).isTrue();
            commit(transaction);
        }
        assertThat(ids).hasSize(2);
    }

    /** Otherwise the next attempt would be a part of the failed transaction. */
    @Test
    void transactionWithARejectedRecord_isAborted_andItsProducerIsUsedAgain() {
        RejectedOnce producer = new RejectedOnce();
        try (Transaction transaction = new Transaction(id -> producer)) {
            assertThatExceptionOfType(RejectedSendException.class).isThrownBy(() -> commit(transaction));
            assertThat(transaction.isOpen()).isFalse();

            commit(transaction);

            assertThat(producer.history()).hasSize(1);
            assertThat(producer.closed()).isFalse();
        }
    }

    /** A producer with a first transaction of which Kafka rejects a record. */
    private static final class RejectedOnce extends MockProducer<Object, Object> {
        private boolean hasRejected;

        RejectedOnce() {
            super(false, null, (topic, data) -> (byte[]) data, (topic, data) -> (byte[]) data);
        }

        @Override
        public synchronized void flush() {
            hasRejected = hasRejected || errorNext(new RecordTooLargeException("planned"));
            super.flush();
        }
    }

    @Test
    void abortWithoutAnOpenTransaction_keepsTheProducer() {
        try (Transaction transaction = transaction(producer -> {})) {
            transaction.abort();
            send(transaction);
            transaction.commit(OFFSETS, GROUP);

            transaction.abort();

            send(transaction);
            transaction.abort();
            assertThat(producers.get(0).transactionAborted()).isTrue();
        }
        assertThat(ids).hasSize(1);
    }

    @Test
    void producerAfterACommitInDoubt_hasTheSameId_andResolvesIt() {
        try (Transaction transaction = transaction(producer -> {
            if (producers.size() == 1) {
                producer.commitTransactionException = new KafkaException("planned");
            }
        })) {
            send(transaction);
            assertThatExceptionOfType(KafkaException.class).isThrownBy(() -> transaction.commit(OFFSETS, GROUP));
            assertThat(transaction.isInDoubt()).isTrue();
            assertThat(transaction.isOpen()).isFalse();

            send(transaction);
            assertThat(transaction.isInDoubt()).isFalse();
            transaction.commit(OFFSETS, GROUP);
        }
        assertThat(ids).hasSize(2);
        assertThat(ids.get(1)).isEqualTo(ids.get(0));
    }

    /** A partition without a leader prevents the end of the transaction. */
    @Test
    void producerAfterATimeout_hasAnotherId() {
        try (Transaction transaction = transaction(producer -> {
            if (producers.size() == 1) {
                producer.commitTransactionException = new KafkaException("planned", new TimeoutException());
            } else if (producers.size() == 2) {
                producer.initTransactionException = new TimeoutException("planned");
            }
        })) {
            send(transaction);
            assertThatExceptionOfType(KafkaException.class).isThrownBy(() -> transaction.commit(OFFSETS, GROUP));
            assertThat(transaction.isInDoubt()).isTrue();
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> send(transaction));

            send(transaction);
            transaction.commit(OFFSETS, GROUP);
            assertThat(transaction.isInDoubt()).isFalse();
        }
        assertThat(ids).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void transactions_haveDistinctIds() {
        try (Transaction one = transaction(producer -> {});
                Transaction other = transaction(producer -> {})) {
            send(one);
            send(other);
        }
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
    }

    /** Kafka's producer throws from its close, too. The next transaction must not use the closed one. */
    @Test
    void interruptedProducer_isReplaced_andAbortAndCloseDoNotThrow() {
        Transaction transaction = new Transaction(id -> {
            ids.add(id);
            return Producers.interrupted();
        });
        try {
            send(transaction);
            transaction.abort();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(transaction.isOpen()).isFalse();

            send(transaction);
            transaction.close();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(ids).hasSize(2);
    }

    private Transaction transaction(Consumer<MockProducer<Object, Object>> plan) {
        return new Transaction(id -> {
            ids.add(id);
            MockProducer<Object, Object> producer = Producers.inMemory();
            producers.add(producer);
            plan.accept(producer);
            return producer;
        });
    }

    private static void commit(Transaction transaction) {
        transaction.commit(List.of(new ProducerRecord<>("out", new byte[0])), locations -> List.of(), OFFSETS, GROUP);
    }

    private static void send(Transaction transaction) {
        transaction.send(new ProducerRecord<>("out", new byte[0]), (metadata, error) -> {});
    }
}
