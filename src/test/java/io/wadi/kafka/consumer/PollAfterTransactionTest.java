package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.Handover;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Records;
import io.wadi.kafka.RouteControl;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

/** The second poll after a transaction of a sink. */
final class PollAfterTransactionTest {
    private static final TopicPartition ONE = new TopicPartition("events", 1);
    private static final TopicPartition OTHER = new TopicPartition("events", 2);

    private final Queue<Supplier<ConsumerRecords<Object, Object>>> polls = new ArrayDeque<>();
    /** The offset of the last seek of each partition. */
    private final Map<TopicPartition, Long> seeks = new HashMap<>();

    private final List<Duration> timeouts = new ArrayList<>();
    private boolean isFailing;

    private final ConsumerContext parts = ConsumerContexts.of(
            (proxy, method, given) -> switch (method.getName()) {
                case "reallySeek" -> seeks.put((TopicPartition) given[0], (Long) given[1]);
                case "assignment" -> Set.of();
                case "groupMetadata" -> group();
                case "reallyPause" -> null;
                case "reallyCommit" -> true;
                case "reallyPoll" -> {
                    timeouts.add((Duration) given[0]);
                    yield polls.isEmpty()
                            ? ConsumerRecords.empty()
                            : polls.remove().get();
                }
                default -> throw new UnsupportedOperationException(method.getName());
            },
            ConsumerContexts.config(
                    Handover.BATCHES,
                    OffsetReset.EARLIEST,
                    new SimpleMeterRegistry(),
                    id -> {
                        if (isFailing) {
                            throw new KafkaException("planned");
                        }
                        return Producers.inMemory();
                    },
                    false),
            Duration.ofMinutes(1),
            () -> 0);
    private final PollLoop loop = new PollLoop("route", new RouteControl(), parts, () -> 0);

    @SuppressWarnings("removal") // the interface has no other way to make one
    private static ConsumerGroupMetadata group() {
        return new ConsumerGroupMetadata("group");
    }

    /** Otherwise the records from the time of a transaction would wait for the end of the next one. */
    @Test
    void recordsFromTheTimeOfTheTransaction_areDeliveredWithEarlierOnes() {
        polls.add(() -> polled(Map.of(ONE, 10L), 3));
        polls.add(() -> polled(Map.of(ONE, 13L, OTHER, 5L), 2));
        join();

        Map<TopicPartition, List<Long>> delivered = poll();

        assertThat(delivered)
                .containsOnly(Map.entry(ONE, List.of(10L, 11L, 12L, 13L, 14L)), Map.entry(OTHER, List.of(5L, 6L)));
        assertThat(timeouts).containsExactly(Duration.ofMillis(100), Duration.ofMillis(5));
        assertThat(seeks).isEmpty();
    }

    @Test
    void pollWithoutATransaction_orWithoutRecords_isNotRepeated() {
        polls.add(() -> polled(Map.of(ONE, 10L), 3));
        assertThat(poll()).containsOnly(Map.entry(ONE, List.of(10L, 11L, 12L)));
        assertThat(timeouts).hasSize(1);

        parts.owned().drop(ONE);
        join();
        assertThat(poll()).isEmpty();
        assertThat(timeouts).hasSize(2);
    }

    @Test
    void failedTransaction_isNoReasonForASecondPoll() {
        isFailing = true;
        join();
        polls.add(() -> polled(Map.of(OTHER, 5L), 1));

        poll();

        assertThat(timeouts).hasSize(1);
    }

    /** The next owner reads them, or this one from its committed offset. */
    @Test
    void recordsOfAPartitionThatTheSecondPollReleases_areNotDelivered() {
        polls.add(() -> polled(Map.of(ONE, 10L, OTHER, 5L), 2));
        polls.add(() -> {
            parts.owned().drop(ONE);
            parts.owned().drop(OTHER);
            parts.owned().of(OTHER);
            return polled(Map.of(OTHER, 4L), 3);
        });
        join();

        assertThat(poll()).containsOnly(Map.entry(OTHER, List.of(4L, 5L, 6L)));
    }

    /** The consumer's position is after them, so that they would be lost. */
    @Test
    void recordsBeforeAFailureOfTheSecondPoll_areFetchedAgain() {
        polls.add(() -> polled(Map.of(ONE, 10L, OTHER, 5L), 2));
        polls.add(() -> {
            parts.owned().drop(OTHER);
            throw new WakeupException();
        });
        join();

        assertThatExceptionOfType(WakeupException.class).isThrownBy(this::poll);

        assertThat(seeks).containsOnly(Map.entry(ONE, 10L));
    }

    /** Kafka has deleted later records; the next poll throws again. */
    @Test
    void recordsBeforeAMissingOffset_areDelivered() {
        polls.add(() -> polled(Map.of(ONE, 10L), 2));
        polls.add(() -> {
            throw new OffsetOutOfRangeException(Map.of(ONE, 12L));
        });
        join();

        assertThat(poll()).containsOnly(Map.entry(ONE, List.of(10L, 11L)));
        assertThat(seeks).isEmpty();
    }

    /** The earlier records may have been lost, too. */
    @Test
    void recordsBeforeATruncation_areFetchedAgain() {
        polls.add(() -> polled(Map.of(ONE, 10L, OTHER, 5L), 2));
        polls.add(() -> {
            throw new LogTruncationException("planned", Map.of(ONE, 12L), Map.of(ONE, new OffsetAndMetadata(8)));
        });
        join();

        assertThat(poll()).isEmpty();
        assertThat(seeks).containsOnly(Map.entry(ONE, 8L), Map.entry(OTHER, 5L));
    }

    /** A sink may have records that are not from a poll. */
    @Test
    void recordsThatASinkAdds_areCommittedWithTheNextPoll_withoutAnyDelivered() {
        OwnedPartition partition = parts.owned().of(ONE);
        IdleSink sink = new IdleSink();
        EmptyPart part = new EmptyPart();
        sink.beforeTransaction =
                () -> parts.sinks().operations(partition).groupOffset().join(part);
        partition.fetched(7, 9, 10);
        partition.claim(sink);
        partition.done(9);

        poll();

        assertThat(part.isCommitted).isTrue();
        assertThat(timeouts).hasSize(1);
    }

    /** Its records are delivered again, and may be in a later transaction. */
    @Test
    void sinkThatCannotAddRecords_failsItsPartition() {
        IdleSink sink = new IdleSink();
        sink.beforeTransaction = () -> {
            throw new KafkaException("planned");
        };
        parts.owned().of(ONE).fetched(7, 9, 10);
        parts.owned().of(ONE).claim(sink);

        poll();

        assertThat(sink.abandoned).isOne();
    }

    /** Delivers the records before offset 10, which join a transaction. */
    private void join() {
        OwnedPartition partition = parts.owned().of(ONE);
        partition.fetched(7, 9, 10);
        partition.done(9);
        parts.sinks().operations(partition).groupOffset().join(new EmptyPart());
    }

    private Map<TopicPartition, List<Long>> poll() {
        ConsumerRecords<Object, Object> polled = loop.poll(Duration.ofMillis(100));
        Map<TopicPartition, List<Long>> offsets = new LinkedHashMap<>();
        for (TopicPartition each : polled.partitions()) {
            RecordBatch batch = (RecordBatch) polled.records(each).get(0).value();
            offsets.put(
                    each, batch.records().stream().map(ConsumerRecord::offset).toList());
        }
        return offsets;
    }

    /** Returns records of partitions from these offsets on. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ConsumerRecords<Object, Object> polled(Map<TopicPartition, Long> from, int count) {
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> all = new LinkedHashMap<>();
        from.forEach((partition, first) -> all.put(
                partition,
                LongStream.range(first, first + count)
                        .mapToObj(offset -> (ConsumerRecord<Object, Object>)
                                (ConsumerRecord) Records.record(partition, offset, "x"))
                        .toList()));
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        from.forEach((partition, first) -> next.put(partition, new OffsetAndMetadata(first + count)));
        return new ConsumerRecords<>(all, next);
    }
}
