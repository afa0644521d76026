package io.wadi.kafka.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;

/** The sends of a transaction before and after one that is rejected. */
class PollTransactionTest {
    private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS =
            Map.of(new TopicPartition("events", 0), new OffsetAndMetadata(7));

    @SuppressWarnings("removal") // the interface has no other way to make one
    private static final ConsumerGroupMetadata GROUP = new ConsumerGroupMetadata("group");

    private final RejectingProducer producer = new RejectingProducer();
    private final PollTransaction transaction = new PollTransaction(id -> producer);

    /** A producer that rejects records: of topic {@code large} within the send, of {@code rejected} later. */
    private static final class RejectingProducer extends MockProducer<Object, Object> {
        RejectingProducer() {
            super(true, null, (topic, data) -> (byte[]) data, (topic, data) -> (byte[]) data);
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
            RecordTooLargeException error = new RecordTooLargeException(sent.topic());
            if (sent.topic().equals("large")) {
                callback.onCompletion(null, error);
                return CompletableFuture.failedFuture(error);
            }
            if (sent.topic().equals("rejected")) {
                return CompletableFuture.runAsync(() -> callback.onCompletion(null, error))
                        .thenCompose(reported -> CompletableFuture.failedFuture(error));
            }
            return super.send(sent, callback);
        }
    }

    /** Otherwise later sends would be committed with the offset of the rejected one. */
    @Test
    void sendAfterARejectedOne_fails_andIsNotSent() {
        assertThat(send("out", false)).isCompleted();
        assertThat(send("large", false)).isCompletedExceptionally();

        assertThat(send("out", false)).isCompletedExceptionally();

        assertThat(transaction.rejection()).isInstanceOf(RecordTooLargeException.class);
        assertThat(producer.uncommittedRecords()).hasSize(1);
    }

    /** As the dead letter of a record. */
    @Test
    void isolatedSendAfterARejectedOne_isCommittedWithoutEarlierSends() {
        send("earlier", true);
        assertThat(send("large", true)).isCompletedExceptionally();
        assertThat(transaction.rejection()).isInstanceOf(RecordTooLargeException.class);

        assertThat(send("dead-letter", true)).isCompleted();

        assertThat(transaction.rejection()).isNull();
        assertThat(transaction.commit(OFFSETS, GROUP)).isNull();
        assertThat(producer.history()).extracting(ProducerRecord::topic).containsExactly("dead-letter");
    }

    @Test
    void isolatedSends_areOneTransaction() {
        send("one", true);
        send("other", true);

        assertThat(transaction.commit(OFFSETS, GROUP)).isNull();

        assertThat(producer.history()).extracting(ProducerRecord::topic).containsExactly("one", "other");
    }

    @Test
    void rejectionByKafka_isAwaited_ifTheRecordIsIsolated() {
        assertThat(send("rejected", false)).isCompleted();
        assertThat(transaction.rejection()).isNull();
        transaction.abort();

        assertThat(send("rejected", true)).isCompletedExceptionally();
        assertThat(transaction.rejection()).isInstanceOf(RecordTooLargeException.class);
    }

    @Test
    void close_abortsTheTransaction_andClosesTheProducer() {
        send("out", false);

        transaction.close();

        assertThat(producer.transactionAborted()).isTrue();
        assertThat(producer.closed()).isTrue();
    }

    private CompletableFuture<RecordMetadata> send(String topic, boolean isIsolated) {
        return (CompletableFuture<RecordMetadata>)
                transaction.send(new ProducerRecord<>(topic, new byte[0]), null, isIsolated);
    }
}
