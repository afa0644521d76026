package io.wadi.kafka.consumer;

import io.wadi.kafka.partitions.PartitionStates;
import java.util.Map;
import java.util.Set;
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

    private final PartitionClient consumer;
    private final Handover handover;
    private final OffsetReset reset;
    private final PartitionStates.OfGroup states;
    private final OwnedPartitions owned;

    /** Takes the consumer, how it hands over, where it is to read, where expired offsets are reported, and the partitions. */
    ReadingPositions(
            PartitionClient consumer,
            Handover handover,
            OffsetReset reset,
            PartitionStates.OfGroup states,
            OwnedPartitions owned) {
        this.consumer = consumer;
        this.handover = handover;
        this.reset = reset;
        this.states = states;
        this.owned = owned;
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
            OwnedPartition tracked = owned.of(partition);
            tracked.skipTo(offset);
            if (handover == Handover.RECORDS && reset == OffsetReset.LATEST) {
                // Else a restart that begins at the end again would pass over what comes before the first commit.
                tracked.finishedBefore(offset);
            }
        });
    }

    private Map<TopicPartition, Long> ends(Set<TopicPartition> partitions, boolean last) {
        return last
                ? consumer.endOffsets(partitions, PartitionClient.ANSWER_WITHIN)
                : consumer.beginningOffsets(partitions, PartitionClient.ANSWER_WITHIN);
    }

    private void outOfRange(TopicPartition partition, long offset) {
        long begin = ends(Set.of(partition), false).get(partition);
        long end = ends(Set.of(partition), true).get(partition);
        OwnedPartition tracked = owned.of(partition);
        if (offset < begin) {
            expired(tracked, offset, reset == OffsetReset.LATEST ? end : begin);
        } else if (tracked.sink() != null && offset > end) {
            tracked.failed(new IllegalStateException(
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
            skipTo(tracked, next);
        }
    }

    private void expired(OwnedPartition tracked, long offset, long next) {
        long uncounted = next - Math.max(offset, tracked.expiredBefore());
        if (uncounted > 0) {
            LOG.warn(
                    "{}: offsets {} to {} were not read before Kafka deleted them; reading goes on at {}",
                    tracked.partition(),
                    offset,
                    next - 1,
                    next);
            states.expired(tracked.partition(), uncounted);
        }
        tracked.expired(next);
        if (tracked.sink() != null) {
            try {
                tracked.sink().expired(next);
            } catch (RuntimeException e) {
                tracked.failed(e);
                return;
            }
        }
        skipTo(tracked, next);
    }

    private void skipTo(OwnedPartition tracked, long offset) {
        consumer.reallySeek(tracked.partition(), offset);
        tracked.skipTo(offset);
    }
}
