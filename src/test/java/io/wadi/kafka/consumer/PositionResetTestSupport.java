package io.wadi.kafka.consumer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.Handover;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.Producers;
import io.wadi.kafka.partitions.PartitionStates;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** A partition of a log that ends at offset 12, and the seeks of its consumer. */
abstract class PositionResetTestSupport {
    static final TopicPartition PARTITION = new TopicPartition("events", 0);

    final List<Long> seeks = new ArrayList<>();
    final List<Long> expired = new ArrayList<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final List<String> later = new ArrayList<>();
    final PartitionStates states = new PartitionStates(meters, Clock.systemUTC());
    boolean hasNoLeader;
    long begin;
    long position = 12;
    long nanos;
    ConsumerContext context = context(OffsetReset.EARLIEST);
    OwnedPartition partition = context.owned().of(PARTITION);

    ConsumerContext context(OffsetReset reset) {
        return ConsumerContexts.of(
                (proxy, method, given) -> switch (method.getName()) {
                    case "reallySeek" -> seeks.add((Long) given[1]);
                    case "reallySeekLater" -> later.add(given[0] + " " + given[1]);
                    case "beginningOffsets" -> {
                        if (hasNoLeader) {
                            throw new TimeoutException("no leader");
                        }
                        yield Map.of(PARTITION, begin);
                    }
                    case "endOffsets" -> Map.of(PARTITION, 12L);
                    case "knownPosition" -> OptionalLong.of(position);
                    case "assignment" -> Set.of();
                    default -> throw new UnsupportedOperationException(method.getName());
                },
                ConsumerContexts.config(Handover.RECORDS, reset, states, id -> Producers.inMemory(), false),
                Duration.ofMinutes(1),
                () -> nanos);
    }

    static OffsetOutOfRangeException outOfRange(long position) {
        return new OffsetOutOfRangeException(Map.of(PARTITION, position));
    }

    static LogTruncationException recreated() {
        return new LogTruncationException(Map.of(PARTITION, 10L), Map.of());
    }

    static LogTruncationException truncated() {
        return new LogTruncationException(Map.of(PARTITION, 10L), Map.of(PARTITION, new OffsetAndMetadata(7)));
    }

    void deliver(long first, long last) {
        partition.fetched(first, last, last + 1);
        partition.done(last);
    }

    PartitionSink sink(long position, long safe) {
        return (PartitionSink) Proxy.newProxyInstance(
                PositionResetTestSupport.class.getClassLoader(),
                new Class<?>[] {PartitionSink.class},
                (proxy, method, given) -> switch (method.getName()) {
                    case "position" -> position;
                    case "safe" -> safe;
                    case "abandon" -> null;
                    case "expired" -> {
                        expired.add((Long) given[0]);
                        yield null;
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
