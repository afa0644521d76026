package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.Handover;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.partitions.ReadTopic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The component that sets positions and committable offsets where Kafka has no records. It resets a consumer's
 * positions if its group has no committed offset or Kafka no longer has the records; expired offsets are reported to
 * the partition's sink and counted before reading continues after them. It makes positions after transaction markers,
 * aborted records and compacted offsets committable, so that a group that has read everything has no lag. Used on the
 * consumer's thread only.
 */
final class PositionReset {
    private static final Logger LOG = LoggerFactory.getLogger(PositionReset.class);

    /** The interval of commits that cover no records, and of comparisons of topic ids. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final PartitionClient client;
    private final Handover handover;
    private final OffsetReset reset;
    private final PartitionStates.GroupStates states;
    private final OwnedPartitions owned;
    private final LongSupplier nanoTime;
    /** The topics that the positions of partitions refer to. */
    private final Map<OwnedPartition, ReadTopic> topics = new HashMap<>();

    private long skippedGapsNanos;
    private long comparedNanos;

    /** Whether the consumer unsubscribes: no poll is running whose records are not delivered yet. */
    private boolean isUnsubscribing;

    PositionReset(
            PartitionClient client,
            Handover handover,
            OffsetReset reset,
            PartitionStates.GroupStates states,
            OwnedPartitions owned,
            LongSupplier nanoTime) {
        this.client = client;
        this.handover = handover;
        this.reset = reset;
        this.states = states;
        this.owned = owned;
        this.nanoTime = nanoTime;
        this.skippedGapsNanos = nanoTime.getAsLong();
        this.comparedNanos = skippedGapsNanos;
    }

    /**
     * Makes the positions of partitions without unprocessed records committable, once a second. Called between polls,
     * when each record before a position has been delivered.
     *
     * @throws InvalidOffsetException like a poll
     */
    void skipGaps() {
        long now = nanoTime.getAsLong();
        if (now - skippedGapsNanos < INTERVAL.toNanos()) {
            return;
        }
        skippedGapsNanos = now;
        skipGaps(owned.all());
    }

    private void skipGaps(Collection<OwnedPartition> partitions) {
        for (OwnedPartition each : partitions) {
            client.knownPosition(each.partition())
                    .ifPresent(position -> each.skipGap(position, handover == Handover.RECORDS));
        }
    }

    void unsubscribing(boolean is) {
        isUnsubscribing = is;
    }

    /**
     * Does the same at once for revoked partitions, before their sinks finish, if the consumer unsubscribes. Within a
     * poll, records before a position may have been fetched, but not delivered.
     */
    void skipLastGaps(Collection<OwnedPartition> revoked) {
        if (!isUnsubscribing) {
            return;
        }
        try {
            skipGaps(revoked);
        } catch (KafkaException e) { // the sinks must finish nevertheless
            LOG.debug("The next owner passes the offsets without records", e);
        }
    }

    /**
     * Resets the positions in topics that were deleted and created again, and have at least as many records already:
     * Kafka's consumer then continues at its position without an error, as it may if it is paused for some minutes. A
     * position is kept if nothing of the former topic was read, since a reset would duplicate records of the new one.
     * Compares the topics' ids once a second; called between polls.
     *
     * @return whether a position was reset
     */
    boolean resetRecreated() {
        long now = nanoTime.getAsLong();
        if (reset == OffsetReset.NONE || now - comparedNanos < INTERVAL.toNanos()) {
            return false;
        }
        comparedNanos = now;
        topics.keySet().retainAll(Set.copyOf(owned.all()));
        boolean isAnyReset = false;
        for (OwnedPartition each : owned.all()) {
            Optional<PartitionStates.TopicId> found =
                    states.topicId(each.partition().topic());
            OptionalLong position = client.knownPosition(each.partition());
            if (found.isPresent() && position.isPresent()) {
                long offset = position.getAsLong();
                ReadTopic topic = topics.computeIfAbsent(each, any -> new ReadTopic(offset, now));
                if (topic.isRecreated(found.get(), offset, now)) {
                    isAnyReset |= resetRecreated(each, offset, topic, found.get());
                    topics.remove(each); // not before the reset, which is tried again if it throws
                }
            }
        }
        return isAnyReset;
    }

    private boolean resetRecreated(
            OwnedPartition partition, long position, ReadTopic former, PartitionStates.TopicId found) {
        LOG.warn(
                "Partition {}: the topic was recreated: its id was {}, and is {} now",
                partition.partition(),
                former.id(),
                found.id());
        if (former.isUnread()) {
            return false;
        }
        truncated(partition.partition(), position, null);
        return true;
    }

    /**
     * Seeks to existing offsets. A partition with a sink fails if Kafka has lost the records before its position.
     *
     * @param missing the exception of a poll; rethrown with {@link OffsetReset#NONE}
     */
    void handle(InvalidOffsetException missing) {
        if (reset == OffsetReset.NONE) {
            throw missing;
        }
        missing.partitions().forEach(partition -> topics.remove(owned.find(partition)));
        if (missing instanceof LogTruncationException truncation) {
            truncation
                    .offsetOutOfRangePartitions()
                    .forEach((partition, offset) -> truncated(
                            partition, offset, truncation.divergentOffsets().get(partition)));
        } else if (missing instanceof OffsetOutOfRangeException outOfRange) {
            outOfRange.offsetOutOfRangePartitions().forEach(this::outOfRange);
        } else {
            start(missing.partitions());
        }
    }

    /** Sets the position of partitions without a committed offset. */
    private void start(Set<TopicPartition> partitions) {
        boolean isLatest = reset == OffsetReset.LATEST;
        Map<TopicPartition, Long> begins;
        Map<TopicPartition, Long> starts;
        try {
            begins = ends(partitions, false);
            starts = isLatest ? ends(partitions, true) : begins;
        } catch (TimeoutException e) {
            // One partition without a leader must not stop the others: polls throw until each has a position.
            LOG.warn(
                    "Partitions {}: no committed offset, and Kafka did not return their offsets: {}; reading each from"
                            + " its {} once it has a leader",
                    partitions,
                    Causes.inShort(e),
                    isLatest ? "end" : "first offset");
            client.reallySeekLater(partitions, isLatest);
            return;
        }
        starts.forEach((partition, offset) -> {
            long begin = begins.get(partition);
            if (offset > begin) {
                LOG.warn(
                        "Partition {}: no committed offset; autoOffsetReset=latest skips offsets {} to {}, which Kafka"
                                + " still has",
                        partition,
                        begin,
                        offset - 1);
            } else {
                LOG.info("Partition {}: no committed offset; reading from offset {}", partition, offset);
            }
            client.reallySeek(partition, offset);
            OwnedPartition ownedPartition = owned.of(partition);
            ownedPartition.skipTo(offset);
            if (handover == Handover.RECORDS && isLatest) {
                // Otherwise a restart before the first commit would skip the records written since then.
                ownedPartition.finishedBefore(offset);
            }
        });
    }

    private Map<TopicPartition, Long> ends(Set<TopicPartition> partitions, boolean last) {
        return last
                ? client.endOffsets(partitions, PartitionClient.RESPONSE_TIMEOUT)
                : client.beginningOffsets(partitions, PartitionClient.RESPONSE_TIMEOUT);
    }

    /**
     * Continues reading where the logs diverge. The log may have grown beyond the position again, so that its end does
     * not show which records are new.
     *
     * @param divergent null if all records are new, since the topic was recreated: Kafka lacks the leader epoch of the
     *     last record before the position, or the topic's id differs
     */
    private void truncated(TopicPartition partition, long offset, OffsetAndMetadata divergent) {
        if (divergent != null) {
            truncated(owned.of(partition), offset, divergent.offset());
            return;
        }
        long begin = ends(Set.of(partition), false).get(partition);
        long end = ends(Set.of(partition), true).get(partition);
        if (begin <= offset && offset <= end) {
            truncated(owned.of(partition), offset, begin);
        } else {
            outOfRange(partition, offset);
        }
    }

    private void truncated(OwnedPartition ownedPartition, long offset, long divergent) {
        if (ownedPartition.sink() != null) {
            ownedPartition.truncatedSinkTo(divergent, replaced(divergent));
            return;
        }
        ownedPartition.truncatedTo(divergent).ifPresent(next -> {
            LOG.warn(
                    "Partition {}: Kafka has lost the records from offset {} on, although those before offset {}"
                            + " were already read, and new records have the same offsets; reading continues at"
                            + " offset {}",
                    ownedPartition.partition(),
                    divergent,
                    offset,
                    next);
            client.reallySeek(ownedPartition.partition(), next);
        });
    }

    private static String replaced(long from) {
        return "Kafka has lost those from offset %d on, and new records have the same offsets".formatted(from);
    }

    private void outOfRange(TopicPartition partition, long offset) {
        long begin = ends(Set.of(partition), false).get(partition);
        long end = ends(Set.of(partition), true).get(partition);
        OwnedPartition ownedPartition = owned.of(partition);
        if (offset < begin) {
            expired(ownedPartition, offset, begin, reset == OffsetReset.LATEST ? end : begin);
        } else if (ownedPartition.sink() != null && offset > end) {
            ownedPartition.truncatedSinkTo(
                    end, "Kafka's log ends at %d: the topic was recreated or has lost records".formatted(end));
        } else if (ownedPartition.sink() != null) {
            // The log has grown since: which of its records are new is unknown.
            ownedPartition.truncatedSinkTo(begin, replaced(begin));
        } else {
            // The log may have grown to the position since: which of its records are new is unknown.
            long next = reset == OffsetReset.EARLIEST ? begin : Math.min(offset, end);
            LOG.warn(
                    "Partition {}: position {} is outside of Kafka's log, offsets {} to {}: the topic was recreated or"
                            + " has lost records; reading continues at offset {}",
                    partition,
                    offset,
                    begin,
                    end,
                    next);
            // Offsets from here on are committed again, even those that were committed before.
            boolean isFirst = ownedPartition.delivered() == OwnedPartition.NONE;
            ownedPartition.truncatedTo(next).ifPresent(at -> client.reallySeek(partition, at));
            if (isFirst && handover == Handover.RECORDS) {
                // Otherwise a restart would skip new records once their offsets reach the committed offset.
                ownedPartition.finishedBefore(next);
            }
        }
    }

    /**
     * Continues after offsets that Kafka has deleted.
     *
     * @param begin Kafka's first offset
     * @param next the offset at which reading continues; a sink treats all records before it as deleted
     */
    private void expired(OwnedPartition ownedPartition, long offset, long begin, long next) {
        if (ownedPartition.hasUnacknowledged()) {
            // If one of these sends fails, its record counts as expired, too. Polls throw again until the position is
            // reset.
            return;
        }
        long uncounted = begin - Math.max(offset, ownedPartition.expiredBefore());
        if (uncounted > 0) {
            LOG.warn(
                    "Partition {}: Kafka deleted offsets {} to {} before they were read; reading continues at {}",
                    ownedPartition.partition(),
                    offset,
                    begin - 1,
                    next);
            if (next > begin) {
                LOG.warn(
                        "Partition {}: autoOffsetReset=latest skips offsets {} to {}, which Kafka still has",
                        ownedPartition.partition(),
                        begin,
                        next - 1);
            }
            states.expired(ownedPartition.partition(), uncounted);
        }
        ownedPartition.expired(begin);
        if (ownedPartition.sink() != null) {
            try {
                ownedPartition.sink().expired(next);
            } catch (RuntimeException e) {
                ownedPartition.failed(e);
                return;
            }
        } else if (handover == Handover.RECORDS) {
            // Otherwise the next owner of a partition without new records would count the expired offsets again.
            ownedPartition.skipGap(next, true);
        }
        skipTo(ownedPartition, next);
    }

    private void skipTo(OwnedPartition ownedPartition, long offset) {
        client.reallySeek(ownedPartition.partition(), offset);
        ownedPartition.skipTo(offset);
    }
}
