package io.wadi.completeness;

import static io.wadi.kafka.AdminRequests.offsets;

import io.wadi.completeness.PartitionProgress.Kind;
import io.wadi.completeness.PartitionProgress.Unarrived;
import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.kafka.targets.RecordTarget.Range;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * Reads from Kafka how far the records of one topic have arrived at a target. The order of the requests makes a
 * watermark correct: after the committed offsets, the ends, then the first record that has not arrived, then Kafka's
 * first offsets. Not thread-safe.
 */
final class PartitionProgressReader implements AutoCloseable {
    private final AdminOnDemand admin;
    private final Duration clockSkew;
    private final Clock clock;
    private final FirstRecords committedRecords;
    private final FirstRecords allRecords;

    /**
     * The partitions of a topic.
     *
     * @param isAppendTime whether brokers set the topic's timestamps, and no sender's timestamp is in the future
     */
    record Sample(List<PartitionProgress> partitions, boolean isAppendTime) {}

    /** Creates a reader that connects on demand. */
    PartitionProgressReader(KafkaClients kafka, AdminOnDemand admin, Duration clockSkew, Clock clock) {
        this.admin = admin;
        this.clockSkew = clockSkew;
        this.clock = clock;
        this.committedRecords = new FirstRecords(kafka::readerProperties, IsolationLevel.READ_COMMITTED);
        this.allRecords = new FirstRecords(kafka::readerProperties, IsolationLevel.READ_UNCOMMITTED);
    }

    /**
     * Returns the progress of all partitions; empty if Kafka deleted records while they were read, so that the sample
     * must be repeated.
     *
     * @param all the partitions of the topic, in order
     * @param committed the committed offsets, read before
     * @param isAppendTime whether brokers set the topic's timestamps
     */
    Optional<Sample> read(
            List<TopicPartition> all,
            Map<TopicPartition, Long> committed,
            boolean isAppendTime,
            RecordTarget target,
            String group,
            TrackedTopic known)
            throws InterruptedException, IOException {
        Map<TopicPartition, ListOffsetsResultInfo> newest = new HashMap<>();
        // Read before the high watermarks, so that a record that is replicated in between is below them.
        if (isAppendTime) {
            newest.putAll(AdminRequests.latestTimestamps(admin.get(), all));
        }
        long nowMs = clock.millis();
        Map<TopicPartition, Long> ends =
                offsets(admin.get(), all, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        // Read after the high watermarks: without an open transaction, the last stable offset is not below them.
        Map<TopicPartition, Long> stable =
                offsets(admin.get(), all, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Unarrived> next = next(all, committed, ends, stable, known);
        Map<TopicPartition, Long> begins =
                offsets(admin.get(), all, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
        if (!areUnarrived(all, committed, begins, group)) {
            return Optional.empty();
        }
        keepFuture(newest, nowMs, begins, known);
        newest.forEach((partition, latest) -> {
            if (latest.offset() < 0 && begins.get(partition) < ends.get(partition)) {
                next.putIfAbsent(partition, unreplicated(ends.get(partition), known.provenMs(partition, nowMs)));
            }
        });
        List<PartitionProgress> progress = new ArrayList<>();
        for (TopicPartition each : all) {
            long begin = begins.get(each);
            long arrived = committed.getOrDefault(each, -1L);
            List<Range> expired = expired(each, begin, arrived, target, known);
            long end = ends.get(each);
            progress.add(new PartitionProgress(
                    each, arrived, begin, end, next.get(each), expired, known.hasLostRecords(each, arrived, end)));
        }
        return Optional.of(new Sample(progress, isAppendTime && !isAnyFuture(newest, known)));
    }

    /** Records which latest timestamps are set by senders and are in the future. */
    private void keepFuture(
            Map<TopicPartition, ListOffsetsResultInfo> newest,
            long nowMs,
            Map<TopicPartition, Long> begins,
            TrackedTopic known) {
        Map<TopicPartition, Long> from = new HashMap<>();
        Map<TopicPartition, Long> until = new HashMap<>();
        newest.forEach((partition, latest) -> {
            if (latest.offset() >= begins.get(partition)
                    && latest.timestamp() > nowMs + clockSkew.toMillis()
                    && !known.isFuture(partition, latest.timestamp())) {
                from.put(partition, latest.offset());
                until.put(partition, latest.offset() + 1);
            }
        });
        allRecords.find(from, until).forEach((partition, record) -> {
            if (record.timestampType() != TimestampType.LOG_APPEND_TIME) {
                known.future(partition, record.timestamp());
            }
        });
    }

    /**
     * Returns whether the latest timestamp of a partition is one that a sender set and that was in the future. Then
     * Kafka does not indicate records that the leader has appended beyond the high watermark.
     */
    private static boolean isAnyFuture(Map<TopicPartition, ListOffsetsResultInfo> newest, TrackedTopic known) {
        return newest.entrySet().stream()
                .anyMatch(each -> known.isFuture(each.getKey(), each.getValue().timestamp()));
    }

    /**
     * Returns whether records after the committed offsets that Kafka has deleted had really not arrived: the group can
     * have committed later offsets since.
     */
    private boolean areUnarrived(
            List<TopicPartition> all,
            Map<TopicPartition, Long> committed,
            Map<TopicPartition, Long> begins,
            String group)
            throws InterruptedException {
        List<TopicPartition> deleted = all.stream()
                .filter(each -> committed.getOrDefault(each, 0L) < begins.get(each))
                .toList();
        if (deleted.isEmpty()) {
            return true;
        }
        Map<TopicPartition, Long> later = AdminRequests.committed(admin.get(), group);
        return deleted.stream().allMatch(each -> later.getOrDefault(each, 0L) < begins.get(each));
    }

    /** Returns the first record that has not arrived, by partition. */
    private Map<TopicPartition, Unarrived> next(
            List<TopicPartition> all,
            Map<TopicPartition, Long> committed,
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> stable,
            TrackedTopic known) {
        Map<TopicPartition, Unarrived> next = new HashMap<>();
        Map<TopicPartition, Long> from = new HashMap<>();
        Map<TopicPartition, Long> until = new HashMap<>();
        for (TopicPartition each : all) {
            long arrived = committed.getOrDefault(each, 0L);
            Unarrived found = known.found(each, arrived);
            if (found != null) {
                next.put(each, found);
            } else if (known.searchFrom(each, arrived) < Math.min(stable.get(each), ends.get(each))) {
                from.put(each, known.searchFrom(each, arrived));
                until.put(each, Math.min(stable.get(each), ends.get(each)));
            }
        }
        // After a timeout behind many aborted records the next sample continues the search.
        Map<TopicPartition, ConsumerRecord<byte[], byte[]>> visible = committedRecords.find(
                from,
                until,
                (partition, offset) -> known.searched(partition, committed.getOrDefault(partition, 0L), offset, null));
        from.forEach((partition, begin) -> {
            Unarrived found = unarrived(visible.get(partition), Kind.VISIBLE);
            known.searched(partition, committed.getOrDefault(partition, 0L), until.get(partition), found);
            if (found != null) {
                next.put(partition, found);
            }
        });
        addUndecided(all, ends, stable, next);
        return next;
    }

    /** Adds the first records of open transactions for partitions where no earlier record is missing. */
    private void addUndecided(
            List<TopicPartition> all,
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> stable,
            Map<TopicPartition, Unarrived> next) {
        Map<TopicPartition, Long> from = new HashMap<>();
        for (TopicPartition each : all) {
            if (!next.containsKey(each) && stable.get(each) < ends.get(each)) {
                from.put(each, stable.get(each));
            }
        }
        allRecords
                .find(from, ends)
                .forEach((partition, record) -> next.put(partition, unarrived(record, Kind.UNDECIDED)));
    }

    /**
     * Returns a record that the leader has appended beyond the high watermark, which may be older than the sample.
     * Kafka then returns no record with the latest timestamp, as for an empty log.
     */
    private Unarrived unreplicated(long end, long provenMs) {
        return new Unarrived(end, provenMs + clockSkew.toMillis(), true, Kind.UNREPLICATED);
    }

    private static Unarrived unarrived(ConsumerRecord<byte[], byte[]> record, Kind kind) {
        return record == null
                ? null
                : new Unarrived(
                        record.offset(),
                        record.timestamp(),
                        record.timestampType() == TimestampType.LOG_APPEND_TIME,
                        kind);
    }

    /** Returns the ranges that the target recorded as expired; there are none unless Kafka has deleted records. */
    private static List<Range> expired(
            TopicPartition partition, long begin, long committed, RecordTarget target, TrackedTopic known)
            throws IOException {
        if (begin == 0 || known.hasNothingExpired(partition, begin)) {
            return List.of();
        }
        List<Range> ranges = target.expired(partition);
        // A target records expired offsets before it commits the offset after them.
        if (ranges.isEmpty() && committed >= begin) {
            known.nothingExpired(partition, begin);
        }
        return ranges;
    }

    @Override
    public void close() {
        committedRecords.close();
        allRecords.close();
    }
}
