package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.Producers;
import io.wadi.kafka.Records;
import io.wadi.kafka.producer.PollTransaction;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sends of a route and their transactions, also on a thread that is interrupted, as by a forced stop of the route. */
final class RouteSendsTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);

    private final AtomicInteger aborts = new AtomicInteger();
    private long nanos;
    /** The group's committed offsets; null if reading them is interrupted. */
    private Map<TopicPartition, OffsetAndMetadata> committed;

    private final PartitionClient client = ConsumerContexts.client((proxy, method, given) -> switch (method.getName()) {
        case "groupMetadata" -> group();
        case "committed" -> {
            if (committed == null) {
                throw new InterruptException("planned");
            }
            yield committed;
        }
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

    @Test
    void sendWithoutATransaction_isAwaitedByTheRoute_ifThePartitionHasASinkOrRetriesInIsolation() {
        RouteSends sends = sends((PollTransaction) null);
        OwnedPartition partition = owned.of(PARTITION);
        partition.fetched(0, 9, 10);
        CompletableFuture<RecordMetadata> unacknowledged = new CompletableFuture<>();
        assertThat(send(sends, 0, unacknowledged)).isCompleted();

        partition.isolate(0, 1);
        assertThat(send(sends, 0, unacknowledged)).isSameAs(unacknowledged);

        partition.done(0);
        assertThat(send(sends, 1, unacknowledged)).isCompleted();
        partition.claim(new IdleSink());
        assertThat(send(sends, 1, unacknowledged)).isSameAs(unacknowledged);
    }

    @Test
    void rejectedSend_failsItsRecord_andEndsThePoll() {
        owned.of(PARTITION).fetched(0, 9, 10);

        assertThat(send(sends(Producers.rejecting()), 0, null)).isCompletedExceptionally();

        assertThat(owned.of(PARTITION).failure()).isInstanceOf(RecordTooLargeException.class);
        assertThat(aborts).hasValue(1);
    }

    /** The route may send a dead letter. */
    @Test
    void rejectedSendOfAnIsolatedRecord_isLeftToTheRoute() {
        owned.of(PARTITION).fetched(0, 9, 10);
        owned.of(PARTITION).isolate(0, 1);

        assertThat(send(sends(Producers.rejecting()), 0, null)).isCompletedExceptionally();

        assertThat(owned.of(PARTITION).hasFailed()).isFalse();
        assertThat(aborts).hasValue(0);
    }

    @Test
    void transaction_isCommittedWhenThatIsDue() {
        RouteSends sends = sends(Producers.inMemory());
        process(sends, 9);

        assertThat(sends.settle()).isFalse();
        assertThat(sends.isOpen()).isTrue();

        nanos = Duration.ofMillis(100).toNanos();
        assertThat(sends.settle()).isTrue();
        assertThat(sends.isOpen()).isFalse();
        assertThat(owned.of(PARTITION).safe()).isEqualTo(9);
    }

    @Test
    void transaction_isAbortedAtOnce_afterAFailure() {
        RouteSends sends = sends(Producers.inMemory());
        process(sends, 9);
        owned.of(PARTITION).failed(9, new IllegalStateException("planned"));

        assertThat(sends.settle()).isTrue();

        assertThat(sends.isOpen()).isFalse();
        assertThat(owned.of(PARTITION).rewind(0)).isZero();
    }

    /** The response to the commit of offset 9 is lost. */
    @ParameterizedTest
    @CsvSource({"9, 9", "10, 9", "8, 0", ", 0"})
    void transactionInDoubt_isRepeated_unlessItsOffsetIsCommitted(Long found, long next) {
        MockProducer<Object, Object> producer = Producers.inMemory();
        producer.commitTransactionException = new KafkaException("planned");
        committed = found == null ? Map.of() : Map.of(PARTITION, new OffsetAndMetadata(found));
        RouteSends sends = sends(producer);
        process(sends, 9);

        sends.settleNow();

        assertThat(sends.isInDoubt()).isFalse();
        assertThat(owned.of(PARTITION).rewind(0)).isEqualTo(next);
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
        return sends(new PollTransaction(id -> producer));
    }

    private RouteSends sends(PollTransaction transaction) {
        return new RouteSends(client, owned, Duration.ofSeconds(1), new CommitTimer(() -> nanos), transaction);
    }

    /** Sends an output of a record; a direct send returns this future. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private CompletableFuture<RecordMetadata> send(
            RouteSends sends, long offset, CompletableFuture<RecordMetadata> direct) {
        return (CompletableFuture<RecordMetadata>) sends.send(
                (ConsumerRecord) Records.record(PARTITION, offset, "x"),
                new ProducerRecord<>("out", new byte[0]),
                null,
                (sent, callback) -> {
                    assertThat(direct).as("a direct send").isNotNull();
                    return direct;
                },
                aborts::incrementAndGet);
    }

    /** Delivers the records before this offset, each with one output. */
    private void process(RouteSends sends, long end) {
        owned.of(PARTITION).fetched(0, end, end + 1);
        for (long offset = 0; offset < end; offset++) {
            send(sends, offset, null);
            owned.of(PARTITION).done(offset);
        }
    }

    @SuppressWarnings("removal") // the interface has no other way to make one
    private static ConsumerGroupMetadata group() {
        return new ConsumerGroupMetadata("group");
    }
}
