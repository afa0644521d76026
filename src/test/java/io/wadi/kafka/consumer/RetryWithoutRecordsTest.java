package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.Handover;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.partitions.PartitionStates;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The retry of a failed record that is no longer in Kafka. */
final class RetryWithoutRecordsTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);

    private final PartitionStates states = new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC());
    private final Queue<Supplier<ConsumerRecords<Object, Object>>> polls = new ArrayDeque<>();
    private long position = 4;
    private long end = 10;
    private long nanos;

    /** Otherwise the partition would be unhealthy until the next record arrives. */
    @ParameterizedTest
    @EnumSource(Handover.class)
    void partitionWithoutAnyRecordsLeft_recovers(Handover handover) {
        PollLoop loop = loop(handover);
        poll(loop);
        assertThat(isFailing()).isTrue();
        nanos += Duration.ofSeconds(20).toNanos();
        poll(loop);
        assertThat(isFailing()).as("the record was not fetched again yet").isTrue();

        polls.add(() -> {
            end = 0; // The topic was deleted and created again.
            throw new OffsetOutOfRangeException(Map.of(PARTITION, 4L));
        });
        poll(loop);
        poll(loop);

        assertThat(position).isZero();
        assertThat(isFailing()).isFalse();
    }

    /** Returns the poll loop of a consumer that failed to process the record at offset 4. */
    private PollLoop loop(Handover handover) {
        ConsumerContext context = ConsumerContexts.of(
                (proxy, method, given) -> switch (method.getName()) {
                    case "reallyPoll" ->
                        polls.isEmpty()
                                ? ConsumerRecords.empty()
                                : polls.remove().get();
                    case "reallySeek" -> position = (Long) given[1];
                    case "reallyPause", "reallyResume" -> null;
                    case "reallyCommit" -> true;
                    case "assignment" -> Set.of(PARTITION);
                    case "knownPosition" -> OptionalLong.of(position);
                    case "currentLag" -> OptionalLong.of(end - position);
                    case "beginningOffsets" -> Map.of(PARTITION, 0L);
                    case "endOffsets" -> Map.of(PARTITION, end);
                    default -> throw new UnsupportedOperationException(method.getName());
                },
                ConsumerContexts.config(handover, OffsetReset.EARLIEST, states, id -> Producers.inMemory(), false),
                Duration.ofMinutes(1),
                () -> nanos);
        OwnedPartition partition = context.owned().of(PARTITION);
        partition.fetched(4, 9, 10);
        partition.failed(4, new IOException("planned"));
        return new PollLoop("route", new RouteControl(), context, () -> nanos);
    }

    private static void poll(PollLoop loop) {
        ConsumerRecords<Object, Object> polled = loop.poll(Duration.ofMillis(100));
        List<ConsumerRecord<Object, Object>> records = polled.records(PARTITION);
        assertThat(records).isEmpty();
    }

    private boolean isFailing() {
        return states.all().get(0).isFailing();
    }
}
