package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.Producers;
import io.wadi.kafka.Records;
import io.wadi.kafka.producer.PollTransaction;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Transactions of a consumer's thread that is interrupted, as by a forced stop of its route. */
final class RouteSendsTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);

    private final PartitionClient client = ConsumerContexts.client((proxy, method, given) -> switch (method.getName()) {
        case "groupMetadata" -> group();
        case "committed" -> throw new InterruptException("planned");
        default -> throw new UnsupportedOperationException(method.getName());
    });
    private final OwnedPartitions owned = ConsumerContexts.owned(client);

    @AfterEach
    void endInterrupt() {
        Thread.interrupted();
    }

    /** Kafka's consumer revokes its partitions again when it is closed. */
    @Test
    void interruptedAbort_undoesItsRecords() {
        RouteSends sends = sends(Producers.interrupted());
        process(sends, 9);
        owned.of(PARTITION).failed(9, new IllegalStateException("planned"));

        sends.settleNow();
        sends.settleNow();

        assertThat(owned.of(PARTITION).toCommit()).isEqualTo(OwnedPartition.NONE);
    }

    @Test
    void interruptedCommit_isInDoubt_andUndoesItsRecords() {
        RouteSends sends = sends(Producers.interrupted());
        process(sends, 9);

        assertThatExceptionOfType(InterruptException.class).isThrownBy(sends::settleNow);
        assertThatExceptionOfType(InterruptException.class).isThrownBy(sends::settleNow);

        assertThat(sends.isInDoubt()).isTrue();
        assertThat(owned.of(PARTITION).toCommit()).isEqualTo(OwnedPartition.NONE);
    }

    @Test
    void interruptedFlush_undoesItsRecords() {
        RouteSends sends = sends(new InterruptedFlush());
        process(sends, 9);

        sends.settleNow();
        sends.settleNow();

        assertThat(sends.isInDoubt()).isFalse();
        assertThat(owned.of(PARTITION).toCommit()).isEqualTo(OwnedPartition.NONE);
    }

    private static final class InterruptedFlush extends MockProducer<Object, Object> {
        InterruptedFlush() {
            super(true, null, (topic, data) -> (byte[]) data, (topic, data) -> (byte[]) data);
        }

        @Override
        public synchronized void flush() {
            throw new InterruptException("planned");
        }
    }

    private RouteSends sends(MockProducer<Object, Object> producer) {
        return new RouteSends(
                client,
                owned,
                Duration.ofSeconds(1),
                new CommitTimer(System::nanoTime),
                new PollTransaction(id -> producer));
    }

    /** Delivers the records before this offset, each with one output. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private void process(RouteSends sends, long end) {
        owned.of(PARTITION).fetched(0, end, end + 1);
        for (long offset = 0; offset < end; offset++) {
            sends.send(
                    (ConsumerRecord) Records.record(PARTITION, offset, "x"),
                    new ProducerRecord<>("out", new byte[0]),
                    (metadata, error) -> {},
                    (record, callback) -> {
                        throw new UnsupportedOperationException();
                    },
                    () -> {});
            owned.of(PARTITION).done(offset);
        }
    }

    @SuppressWarnings("removal") // the interface has no other way to make one
    private static ConsumerGroupMetadata group() {
        return new ConsumerGroupMetadata("group");
    }
}
