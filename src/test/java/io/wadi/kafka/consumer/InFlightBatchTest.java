package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.Handover;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Records;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InFlightBatchTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final Duration TIMEOUT = Duration.ofHours(2);

    private Duration now = Duration.ZERO;
    private final ConsumerContext context = context();
    private final InFlightBatch batch = context.inFlight();
    private final OwnedPartition partition = context.owned().of(PARTITION);

    /** Otherwise both timeouts in a row would be the whole max.poll.interval.ms. */
    @Test
    void exchangeOfTheLastRecord_isAwaitedUntilOneAndAHalfTimeouts() {
        batch.polled();
        Iterator<ConsumerRecord<Object, Object>> records = records(2);
        now = TIMEOUT.minusMillis(1);
        assertThat(records.hasNext()).isTrue();
        records.next();
        batch.begin();
        now = TIMEOUT.plus(TIMEOUT.dividedBy(2));

        batch.awaitCompletion();

        assertThat(partition.hasFailed()).isTrue();
        assertThat(batch.current()).isNull();
        assertThat(records.hasNext()).isFalse();
    }

    @Test
    void recordsOfAPoll_areDeliveredUntilTheTimeout() {
        batch.polled();
        Iterator<ConsumerRecord<Object, Object>> records = records(2);
        complete(records.next());
        assertThat(records.hasNext()).isTrue();
        now = TIMEOUT;

        assertThat(records.hasNext()).isFalse();
        batch.polled();
        assertThat(records.hasNext()).isTrue();
        batch.endPoll();
        assertThat(records.hasNext()).isFalse();
    }

    /** Otherwise the iteration would throw, and Camel would create a new consumer, or end with pollOnError=STOP. */
    @Test
    void announcedRecord_isDelivered_evenIfTheTimeoutEndsInBetween() {
        batch.polled();
        Iterator<ConsumerRecord<Object, Object>> records = records(2);
        now = TIMEOUT.minusNanos(1);
        assertThat(records.hasNext()).isTrue();
        now = TIMEOUT;

        complete(records.next());

        assertThat(records.hasNext()).isFalse();
        assertThat(partition.hasFailed()).isFalse();
        assertThat(partition.seekTo()).isEqualTo(1);
    }

    @Test
    void recordAfterOneThatNeverStarted_isNotDelivered() {
        batch.polled();
        Iterator<ConsumerRecord<Object, Object>> records = records(2);
        records.next();
        assertThat(records.hasNext()).isTrue();

        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(records::next);

        assertThat(partition.hasFailed()).isTrue();
    }

    /** A batch may request isolated retries after its delivery has ended, when its records were fetched again. */
    @Test
    void action_isRunOnlyDuringTheDeliveryOfItsBatch() {
        RecordBatch delivered = recordBatch();
        ConsumerRecord<Object, Object> record =
                new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), 0, null, delivered);
        List<RecordBatch> actions = new ArrayList<>();
        batch.polled();
        partition.fetched(0, 0, 1);
        batch.ifDelivering(delivered, () -> actions.add(delivered));
        batch.deliver(partition, List.of(record), () -> {}).iterator().next();
        RecordBatch other = recordBatch();
        batch.ifDelivering(other, () -> actions.add(other));
        assertThat(actions).isEmpty();

        batch.ifDelivering(delivered, () -> actions.add(delivered));
        assertThat(actions).containsExactly(delivered);

        complete(record);
        batch.ifDelivering(delivered, () -> actions.add(delivered));
        assertThat(actions).hasSize(1);
    }

    private RecordBatch recordBatch() {
        return new RecordBatch(
                PARTITION,
                List.of(Records.record(PARTITION, 0, "v")),
                0,
                context.sinks().operations(partition));
    }

    private void complete(ConsumerRecord<Object, Object> record) {
        batch.begin();
        batch.completed(record, null);
    }

    private Iterator<ConsumerRecord<Object, Object>> records(int count) {
        partition.fetched(0, count - 1, count);
        List<ConsumerRecord<Object, Object>> records = LongStream.range(0, count)
                .mapToObj(offset ->
                        new ConsumerRecord<Object, Object>(PARTITION.topic(), PARTITION.partition(), offset, null, "v"))
                .toList();
        return batch.deliver(partition, records, () -> {}).iterator();
    }

    private ConsumerContext context() {
        return ConsumerContexts.of(
                (proxy, method, given) -> {
                    throw new UnsupportedOperationException(method.getName());
                },
                ConsumerContexts.config(
                        Handover.RECORDS,
                        OffsetReset.EARLIEST,
                        new SimpleMeterRegistry(),
                        id -> Producers.inMemory(),
                        false),
                TIMEOUT,
                () -> now.toNanos());
    }

    @Test
    @Timeout(60)
    void exchange_isNotAwaited_afterAStop() {
        batch.polled();
        records(1).next();
        batch.begin();

        batch.stopWaiting();
        batch.awaitCompletion();

        assertThat(partition.hasFailed()).isTrue();
    }
}
