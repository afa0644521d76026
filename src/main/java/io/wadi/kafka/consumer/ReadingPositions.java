package io.wadi.kafka.consumer;

import io.wadi.kafka.partitions.PartitionStates;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a consumer reads where Kafka cannot tell: its group has committed nothing, or Kafka has no more what was to be read.
 * Offsets that expired are told to the partition's sink and counted before reading goes on behind them. Used on the
 * consumer's thread only.
 */
final class ReadingPositions {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingPositions.class);

    private final GuardedConsumer consumer;
    private final Handover handover;
    private final OffsetReset reset;
    private final PartitionStates.OfGroup states;
    private final Function<TopicPartition, PartitionProgress> progressOf;

    /** Takes the consumer, how it hands over, where it is to read, who is told of expired offsets, and how far it has come. */
    ReadingPositions(
            GuardedConsumer consumer,
            Handover handover,
            OffsetReset reset,
            PartitionStates.OfGroup states,
            Function<TopicPartition, PartitionProgress> progressOf) {
        this.consumer = consumer;
        this.handover = handover;
        this.reset = reset;
        this.states = states;
        this.progressOf = progressOf;
    }

    /**
     * Has the next poll read where there is something to read; a partition where that is not to be guessed fails.
     *
     * @param missing what a poll has thrown; thrown on where the setting is {@link OffsetReset#NONE}
     */
    void goOn(InvalidOffsetException missing) {
        if (reset == OffsetReset.NONE) {
            throw missing;
        }
        if (missing instanceof OffsetOutOfRangeException outOfRange) {
            outOfRange.offsetOutOfRangePartitions().forEach(this::outOfRange);
        } else {
            start(missing.partitions());
        }
    }

    /** Begins where the group has committed nothing. */
    private void start(Set<TopicPartition> partitions) {
        ends(partitions, reset == OffsetReset.LATEST).forEach((partition, offset) -> {
            LOG.info("{}: nothing is committed, reading begins at offset {}", partition, offset);
            consumer.reallySeek(partition, offset);
            PartitionProgress progress = progressOf.apply(partition);
            progress.goOnAt(offset);
            if (handover == Handover.RECORDS && reset == OffsetReset.LATEST) {
                // Else a restart that begins at the end again would pass over what comes before the first commit.
                progress.finishedBefore(offset);
            }
        });
    }

    private Map<TopicPartition, Long> ends(Set<TopicPartition> partitions, boolean last) {
        return last
                ? consumer.endOffsets(partitions, GuardedConsumer.ANSWER_WITHIN)
                : consumer.beginningOffsets(partitions, GuardedConsumer.ANSWER_WITHIN);
    }

    private void outOfRange(TopicPartition partition, long offset) {
        long begin = ends(Set.of(partition), false).get(partition);
        long end = ends(Set.of(partition), true).get(partition);
        PartitionProgress progress = progressOf.apply(partition);
        if (offset < begin) {
            expired(progress, offset, reset == OffsetReset.LATEST ? end : begin);
        } else if (progress.sink() != null && offset > end) {
            progress.failed(new IllegalStateException(
                    ("everything before offset %d is done, and Kafka's log ends at %d: the topic was made anew or has lost"
                                    + " records; set the group's offset to where it is to go on, and move away what the old"
                                    + " records have become")
                            .formatted(offset, end)));
        } else {
            long next = offset > end && reset == OffsetReset.EARLIEST ? begin : Math.min(offset, end);
            LOG.warn(
                    "{}: Kafka's log goes from offset {} to {} and does not go on where reading had come, at {}: the topic"
                            + " was made anew or has lost records; reading goes on at {}",
                    partition,
                    begin,
                    end,
                    offset,
                    next);
            goOnAt(progress, next);
        }
    }

    private void expired(PartitionProgress progress, long offset, long next) {
        long uncounted = next - Math.max(offset, progress.expiredBefore());
        if (uncounted > 0) {
            LOG.warn(
                    "{}: offsets {} to {} were not read before Kafka deleted them; reading goes on at {}",
                    progress.partition(),
                    offset,
                    next - 1,
                    next);
            states.expired(progress.partition(), uncounted);
        }
        progress.expired(next);
        if (progress.sink() != null) {
            try {
                progress.sink().expired(next);
            } catch (RuntimeException e) {
                progress.failed(e);
                return;
            }
        }
        goOnAt(progress, next);
    }

    private void goOnAt(PartitionProgress progress, long offset) {
        consumer.reallySeek(progress.partition(), offset);
        progress.goOnAt(offset);
    }
}
