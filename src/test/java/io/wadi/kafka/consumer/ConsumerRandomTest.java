package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.Handover;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.testing.ErrorsOnly;
import io.wadi.testing.Rounds;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random schedules of a consumer: records fail; sends are refused, not acknowledged or acknowledged late; commits and
 * transactions fail; partitions are revoked or lost, and expire within a poll; routes are suspended and paused; after
 * a transaction of a sink the consumer polls twice. No offset is committed before all earlier records are complete and
 * their sends are acknowledged. In transactions, each record produces its output or one dead letter exactly once. After
 * the last fault, all records complete, and the offsets are committed past the transaction markers at the end.
 */
@ExtendWith(ErrorsOnly.class)
final class ConsumerRandomTest {
    private static final int SCHEDULES = Integer.getInteger("test.schedules", Rounds.of(1_000, 40_000));
    private static final int BLOCKS = 8;

    private static final Set<DeliveryState> SEEN = EnumSet.noneOf(DeliveryState.class);

    static Stream<Integer> blocks() {
        return IntStream.range(0, BLOCKS).boxed();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void noOffsetIsCommittedBeforeCompletion_andAllRecordsCompleteEventually(int block) {
        for (int i = 0; i < SCHEDULES / BLOCKS; i++) {
            long seed = block * 1_000_000L + i;
            try {
                new Schedule(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("schedule " + seed, e);
            }
        }
        assertThat(SEEN)
                .as("states that a poll leaves a partition in")
                .containsAll(EnumSet.complementOf(EnumSet.of(DeliveryState.RELEASED)));
    }

    /** One consumer and its route. */
    private static final class Schedule {
        private static final String ROUTE = "route";

        private final Random random;
        private final SimulatedConsumer kafka;
        private final Handover handover;
        private final boolean exactlyOnce;
        private final boolean manualCommits;
        private final RouteControl work = new RouteControl();
        private final ConsumerContext parts;
        private final PollLoop loop;
        private final int failuresIn100;
        private boolean faults = true;
        private boolean isNearlyDue;
        private long nanos;

        Schedule(long seed) {
            random = new Random(seed);
            exactlyOnce = random.nextInt(3) == 0;
            manualCommits = !exactlyOnce && random.nextInt(3) == 0;
            failuresIn100 = random.nextInt(15);
            kafka = new SimulatedConsumer(random);
            handover = random.nextBoolean() ? Handover.RECORDS : Handover.BATCHES;
            FlowConsumer.Config plan = new FlowConsumer.Config(
                    ROUTE,
                    handover,
                    OffsetReset.EARLIEST,
                    Set.of(),
                    Duration.ZERO,
                    new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC()).group("group"),
                    new PartitionMeters(PipelineMetrics.off(), ROUTE, "group"),
                    work,
                    id -> exactlyOnce ? kafka.producer().transactional() : Producers.inMemory(),
                    exactlyOnce,
                    manualCommits);
            parts = ConsumerContext.of(kafka, plan, Duration.ofHours(1), () -> nanos);
            loop = new PollLoop(ROUTE, work, parts, () -> nanos);
            if (manualCommits) {
                kafka.expectRequests();
            }
            kafka.subscribe(new RebalanceHandler(new NoListener(), parts));
        }

        void run() {
            for (int poll = 0; poll < 40; poll++) {
                steer();
                poll();
            }
            faults = false;
            kafka.endFaults();
            parts.pauses().unsuspend(kafka.assignment());
            work.setTarget(ROUTE, RouteControl.Target.RUNNING);
            for (int poll = 0; poll < 400 && !open().isEmpty(); poll++) {
                kafka.assignment().forEach(each -> commit(each, Long.MAX_VALUE));
                poll();
            }
            assertThat(open())
                    .as("partitions that are not committed to their end")
                    .isEmpty();
            kafka.assertEachDone(exactlyOnce);
        }

        /**
         * Returns the partitions that are not committed to their end. A batch may belong to a sink, so that no offset
         * is committed before the first batch after an assignment.
         */
        private Map<TopicPartition, Long> open() {
            return kafka.open(handover == Handover.RECORDS);
        }

        private void poll() {
            nanos += step().toNanos();
            if (!exactlyOnce && random.nextInt(3) == 0) {
                joinTransaction();
            }
            ConsumerRecords<Object, Object> delivered = loop.poll(Duration.ofMillis(100));
            try {
                delivered.partitions().forEach(each -> delivered.records(each).forEach(this::deliver));
            } catch (NoSuchElementException e) {
                assertThat(parts.inFlight().current())
                        .as("a record without an exchange ends the poll")
                        .isNull();
            }
            parts.owned().all().forEach(each -> SEEN.add(each.state()));
        }

        private void joinTransaction() {
            parts.owned().all().stream()
                    .filter(each -> each.state() == DeliveryState.DELIVERING)
                    .findFirst()
                    .ifPresent(
                            each -> parts.sinks().operations(each).groupOffset().join(new EmptyPart()));
        }

        /**
         * Returns the time until the next poll. Commits are due after 100 ms. Each backoff ends after 20 s at most, so
         * that its random length does not matter.
         */
        private Duration step() {
            boolean wasNearlyDue = isNearlyDue;
            int step = random.nextInt(4);
            isNearlyDue = step == 1 || (step > 1 && wasNearlyDue);
            if (step == 0) {
                return Duration.ofSeconds(20);
            }
            return step == 1 && !wasNearlyDue ? Duration.ofMillis(100) : Duration.ZERO;
        }

        private void steer() {
            switch (random.nextInt(20)) {
                case 0 -> parts.pauses().suspend(kafka.assignment());
                case 1, 2 -> parts.pauses().unsuspend(kafka.assignment());
                case 3 -> work.setTarget(ROUTE, RouteControl.Target.PAUSED);
                case 4, 5 -> work.setTarget(ROUTE, RouteControl.Target.RUNNING);
                default -> kafka.producer().answerSome();
            }
        }

        /** Delivers a record as camel-kafka and the route do. */
        private void deliver(ConsumerRecord<Object, Object> delivered) {
            if (faults && random.nextInt(50) == 0) {
                return; // no exchange begins
            }
            ConsumerRecord<Object, Object> begun = parts.inFlight().begin();
            assertThat(begun).isSameAs(delivered);
            if (random.nextInt(3) == 0) {
                // The exchange may still fail after this commit.
                commit(partition(delivered), delivered.offset() + 1);
            }
            List<SimulatedRecord.Delivery> deliveries = new ArrayList<>();
            Exception error = null;
            for (long offset : offsets(delivered)) {
                SimulatedRecord.Delivery delivery = kafka.delivery(partition(delivered), offset);
                deliveries.add(delivery);
                error = process(delivery, error);
            }
            if (isRecordFault(error)) {
                error = giveUp(delivered, deliveries, error);
            }
            if (error == null) {
                deliveries.forEach(SimulatedRecord.Delivery::completed);
            }
            parts.inFlight().completed(delivered, error);
            if (random.nextInt(3) == 0) {
                // As after an aggregator, even if the record is redelivered meanwhile.
                commit(partition(delivered), delivered.offset() + 1 - random.nextInt(3));
            }
        }

        private void commit(TopicPartition partition, long offset) {
            if (manualCommits) {
                kafka.allowCommit(partition, offset);
                parts.requests().add(partition, offset, random.nextBoolean());
            }
        }

        private Exception process(SimulatedRecord.Delivery delivery, Exception before) {
            Exception error = before;
            for (int i = 0; i < delivery.outputs() && error == null; i++) {
                error = send(delivery, delivery.kind());
            }
            if (error == null && delivery.isPoison()) {
                error = new IllegalArgumentException("poison");
            }
            return error == null && fails() ? new IllegalStateException("transient") : error;
        }

        /** Returns whether the record causes the error, as {@code routes/errors.camel.yaml} decides it. */
        private static boolean isRecordFault(Exception error) {
            return error instanceof IllegalArgumentException || error instanceof RecordTooLargeException;
        }

        /** Sends the record to the dead-letter topic, or requests isolated retries of its batch. */
        private Exception giveUp(
                ConsumerRecord<Object, Object> delivered, List<SimulatedRecord.Delivery> deliveries, Exception error) {
            if (RecordBatch.hasSeveralRecords(delivered)) {
                ((RecordBatch) delivered.value()).isolateRecords();
                return error;
            }
            return send(deliveries.get(0), SimulatedRecord.Kind.DEAD_LETTER);
        }

        private Exception send(SimulatedRecord.Delivery delivery, SimulatedRecord.Kind kind) {
            ProducerRecord<Object, Object> sent = kafka.producer().output(delivery, kind);
            try {
                Future<RecordMetadata> answer = parts.inFlight().send(sent, null, kafka.producer()::send);
                kafka.producer().await(answer);
                answer.get();
                return null;
            } catch (ExecutionException e) {
                kafka.producer().reportFailure(sent);
                return (Exception) e.getCause();
            } catch (InterruptedException | KafkaException e) {
                return e;
            }
        }

        private boolean fails() {
            return faults && random.nextInt(100) < failuresIn100;
        }

        private static List<Long> offsets(ConsumerRecord<Object, Object> delivered) {
            return delivered.value() instanceof RecordBatch run
                    ? run.records().stream().map(ConsumerRecord::offset).toList()
                    : List.of(delivered.offset());
        }

        private static TopicPartition partition(ConsumerRecord<?, ?> delivered) {
            return new TopicPartition(delivered.topic(), delivered.partition());
        }
    }

    /** The listener of camel-kafka, which has no effect in this test. */
    private static final class NoListener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // nothing
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // nothing
        }
    }
}
