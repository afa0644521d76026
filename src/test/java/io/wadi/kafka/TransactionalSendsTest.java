package io.wadi.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionalSendsTest {
    private final MockProducer<Object, Object> producer = Producers.uncompleted();
    private final TransactionalSends sends = new TransactionalSends(producer);

    @Test
    void acknowledgedSends_returnTheirLocations() {
        send("a", "b", "a");

        assertThat(sends.locations()).extracting(RecordMetadata::topic).containsExactly("a", "b", "a");
    }

    @Test
    void recordsOfTheSameBatch_areNotRejected() {
        send("a", "a", "a", "a");
        fail(
                new KafkaException("part of a batch with invalid records"),
                new InvalidRecordException("record 1"),
                new KafkaException("part of a batch with invalid records"),
                new KafkaException("part of a batch with invalid records"));

        assertThat(rejected().causes()).containsOnlyKeys(1);
    }

    @Test
    void batchesFailedWithAnEarlierOne_areNotRejected() {
        InvalidTimestampException ofBatch = new InvalidTimestampException("one or more records");
        send("a", "a", "b", "b", "a", "a");
        fail(
                new InvalidRecordException("record 0"),
                new InvalidRecordException("record 1"),
                ofBatch,
                ofBatch,
                ofBatch,
                ofBatch);

        assertThat(rejected().causes()).containsOnlyKeys(0, 1);
    }

    @Test
    void lastRecordOfAPartition_mayBeABatchFailedWithAnEarlierOne() {
        send("a", "a", "a", "b");
        fail(
                new InvalidRecordException("record 0"),
                new InvalidRecordException("record 1"),
                new InvalidRecordException("record 2"),
                new InvalidTimestampException("one or more records"));

        assertThat(rejected().causes()).containsOnlyKeys(0, 1);
    }

    @Test
    void singleRecord_isRejected() {
        send("a");
        fail(new InvalidTimestampException("record 0"));

        assertThat(rejected()).hasMessageContaining("record 0");
    }

    @Test
    void failedBatchWithoutRecordErrors_rejectsItsFirstRecord() {
        RecordTooLargeException ofBatch = new RecordTooLargeException("batch");
        send("a", "a");
        fail(ofBatch, ofBatch);

        assertThat(rejected().causes()).containsOnlyKeys(0);
    }

    @ParameterizedTest
    @ValueSource(classes = {TimeoutException.class, TopicAuthorizationException.class})
    void otherFailures_areNotRejections(Class<? extends RuntimeException> type) throws Exception {
        send("a", "a");
        fail(type.getConstructor(String.class).newInstance("failed"));

        assertThatThrownBy(sends::locations)
                .isExactlyInstanceOf(KafkaException.class)
                .hasMessageStartingWith("A send of the transaction failed: " + type.getSimpleName());
    }

    @Test
    void sendAfterAFailure_throws_andTheRejectedRecordIsFound() {
        Serializer<Object> bytes = (topic, data) -> (byte[]) data;
        MockProducer<Object, Object> failed = new MockProducer<>(false, null, bytes, bytes) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
                if (sent.topic().equals("after")) {
                    throw new KafkaException("in an error state");
                }
                return super.send(sent, callback);
            }
        };
        TransactionalSends some = new TransactionalSends(failed);
        some.send(new ProducerRecord<>("a", new byte[1]));
        failed.errorNext(new InvalidTimestampException("record 0"));
        some.send(new ProducerRecord<>("after", new byte[1]));
        some.send(new ProducerRecord<>("a", new byte[1]));

        assertThat(catchThrowableOfType(RejectedSendException.class, some::locations)
                        .causes())
                .containsOnlyKeys(0);
        assertThat(failed.history()).hasSize(1);
    }

    /** The producer appends a record to a batch before it checks for an error state. */
    @Test
    void recordAppendedByASendThatThrew_doesNotCount() {
        List<Callback> callbacks = new ArrayList<>();
        Serializer<Object> bytes = (topic, data) -> (byte[]) data;
        MockProducer<Object, Object> failed = new MockProducer<>(false, null, bytes, bytes) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
                if (!callbacks.isEmpty() || history().size() < 2) {
                    return super.send(sent, callback);
                }
                callbacks.add(callback);
                throw new KafkaException("in an error state");
            }
        };
        TransactionalSends some = new TransactionalSends(failed);
        some.send(new ProducerRecord<>("b", new byte[1]));
        some.send(new ProducerRecord<>("a", new byte[1]));
        some.send(new ProducerRecord<>("a", new byte[1]));
        failed.errorNext(new InvalidRecordException("record 0"));
        failed.errorNext(new InvalidTimestampException("one or more records"));
        callbacks
                .get(0)
                .onCompletion(
                        new RecordMetadata(new TopicPartition("a", 0), -1, -1, -1, -1, -1),
                        new InvalidTimestampException("one or more records of another batch"));

        assertThat(catchThrowableOfType(RejectedSendException.class, some::locations)
                        .causes())
                .containsOnlyKeys(0);
    }

    private void send(String... topics) {
        for (String topic : topics) {
            sends.send(new ProducerRecord<>(topic, new byte[1]));
        }
    }

    private void fail(RuntimeException... causes) {
        for (RuntimeException cause : causes) {
            producer.errorNext(cause);
        }
    }

    private RejectedSendException rejected() {
        return catchThrowableOfType(RejectedSendException.class, sends::locations);
    }
}
