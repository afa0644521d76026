package io.wadi.completeness;

import static io.wadi.kafka.AdminRequests.get;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from Kafka how far the records of topics have arrived at targets. The order of the requests makes a watermark
 * correct: the time, the committed offsets (also before the time), the dead-letter topic's ends, the ends, the first
 * record that has not arrived, Kafka's first offsets. Not thread-safe.
 */
final class ProgressReader implements ProgressSource {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressReader.class);
    private static final int ATTEMPTS = 3;

    private final Duration clockSkew;
    private final Clock clock;
    private final FirstRecords committedRecords;
    private final FirstRecords allRecords;
    private final Map<Key, TrackedTopic> tracked = new HashMap<>();
    private final AdminOnDemand admin;
    private final VisibleDeadLetters deadLetters;
    /** The committed offsets that the samples of the round share, by group. */
    private final Map<String, Committed> round = new HashMap<>();

    private record Key(String topic, String target) {}

    /**
     * The committed offsets of a group.
     *
     * @param deadLetters the check of the dead letters after they were read; empty if one of their partitions has no
     *     leader
     */
    private record Committed(Map<TopicPartition, Long> offsets, Optional<VisibleDeadLetters.Check> deadLetters) {}

    /** Creates a reader that connects on demand. */
    ProgressReader(KafkaClients kafka, String deadLetterTopic, Duration clockSkew, Clock clock) {
        this.admin = new AdminOnDemand(kafka::adminProperties);
        this.deadLetters = new VisibleDeadLetters(admin, deadLetterTopic);
        this.clockSkew = clockSkew;
        this.clock = clock;
        this.committedRecords = new FirstRecords(kafka::readerProperties, IsolationLevel.READ_COMMITTED);
        this.allRecords = new FirstRecords(kafka::readerProperties, IsolationLevel.READ_UNCOMMITTED);
    }

    @Override
    public Set<String> topics() throws InterruptedException {
        return get(admin.get().listTopics().names());
    }

    @Override
    public void retain(Set<String> topics) {
        tracked.keySet().removeIf(key -> !topics.contains(key.topic()));
    }

    @Override
    public void begin(Set<String> groups) throws InterruptedException {
        round.clear();
        try {
            Map<String, Map<TopicPartition, Long>> offsets = AdminRequests.knownCommitted(admin.get(), groups);
            if (!offsets.isEmpty()) {
                Optional<VisibleDeadLetters.Check> check = deadLetters.check();
                offsets.forEach((group, committed) -> round.put(group, new Committed(committed, check)));
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("Each sample of the round reads the dead-letter topic", e);
        }
    }

    @Override
    public Optional<TopicProgress> read(String topic, RecordTarget target, String group)
            throws InterruptedException, IOException {
        boolean isHeldBack = false;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Instant at = clock.instant();
            TopicDescription description;
            try {
                description = get(admin.get()
                        .describeTopics(List.of(topic))
                        .topicNameValues()
                        .get(topic));
            } catch (UnknownTopicOrPartitionException e) {
                return Optional.empty();
            }
            TrackedTopic known = tracked(topic, target, description);
            boolean isAppendTime = isAppendTime(topic);
            Map<TopicPartition, ListOffsetsResultInfo> newest = new HashMap<>();
            List<PartitionProgress> partitions = partitions(description, target, group, isAppendTime, newest, known);
            if (!partitions.isEmpty()) {
                boolean isProof = isAppendTime && !isAnyFuture(newest, known);
                TopicProgress progress = progress(topic, target, at, isProof, partitions, known);
                if (progress.basis() == Watermark.Basis.APPEND_TIME) {
                    partitions.forEach(each ->
                            known.proven(each.partition(), progress.time(each).toEpochMilli()));
                }
                return Optional.of(progress);
            }
            isHeldBack = known.isHeldBack();
            // These committed offsets are older than the deletion.
            round.remove(group);
        }
        if (isHeldBack) {
            throw invisibleDeadLetters(topic);
        }
        throw new TimeoutException("Kafka deletes records of %s faster than they can be read: %d samples failed"
                .formatted(topic, ATTEMPTS));
    }

    private TrackedTopic tracked(String topic, RecordTarget target, TopicDescription description) {
        return tracked.compute(
                new Key(topic, target.name()),
                (key, known) -> known != null && known.id().equals(description.topicId())
                        ? known
                        : new TrackedTopic(description.topicId()));
    }

    private TopicProgress progress(
            String topic,
            RecordTarget target,
            Instant at,
            boolean isAppendTime,
            List<PartitionProgress> partitions,
            TrackedTopic known) {
        known.ends().add(at, offsetsOf(partitions, PartitionProgress::end));
        return new TopicProgress(
                topic,
                target.name(),
                at,
                isAppendTime,
                partitions,
                known.ends().arrived(offsetsOf(partitions, PartitionProgress::arrived)),
                clockSkew);
    }

    private static Map<TopicPartition, Long> offsetsOf(
            List<PartitionProgress> partitions, ToLongFunction<PartitionProgress> offset) {
        return partitions.stream().collect(Collectors.toMap(PartitionProgress::partition, offset::applyAsLong));
    }

    /**
     * Returns the progress of all partitions; an empty list if Kafka deleted records while they were read, so that the
     * sample must be repeated.
     */
    private List<PartitionProgress> partitions(
            TopicDescription description,
            RecordTarget target,
            String group,
            boolean isAppendTime,
            Map<TopicPartition, ListOffsetsResultInfo> newest,
            TrackedTopic known)
            throws InterruptedException, IOException {
        List<TopicPartition> all = description.partitions().stream()
                .map(each -> new TopicPartition(description.name(), each.partition()))
                .sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
        Map<TopicPartition, Long> committed = committed(description.name(), group, known);
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
            return List.of();
        }
        keepFuture(newest, nowMs, begins, known);
        newest.forEach((partition, latest) -> {
            if (latest.offset() < 0 && begins.get(partition) < ends.get(partition)) {
                next.putIfAbsent(partition, unreplicated(ends.get(partition), known.provenMs(partition)));
            }
        });
        List<PartitionProgress> progress = new ArrayList<>();
        for (TopicPartition each : all) {
            long begin = begins.get(each);
            long arrived = committed.getOrDefault(each, -1L);
            List<Range> expired = expired(each, begin, arrived, target, known);
            progress.add(new PartitionProgress(each, arrived, begin, ends.get(each), next.get(each), expired));
        }
        return progress;
    }

    /**
     * Returns the committed offsets; the last ones with visible dead letters as long as those of later records are not
     * visible.
     *
     * @throws TimeoutException if there are none yet
     */
    private Map<TopicPartition, Long> committed(String topic, String group, TrackedTopic known)
            throws InterruptedException {
        // With an earlier sample, the topic has been the same one since before the round.
        Committed now = known.visible().isPresent() ? round.get(group) : null;
        if (now == null) {
            now = new Committed(AdminRequests.committed(admin.get(), group), deadLetters.check());
        }
        Optional<VisibleDeadLetters.Check> check = now.deadLetters();
        known.heldBack(check.isEmpty() || !check.get().areVisible());
        if (!known.isHeldBack()) {
            known.visible(now.offsets());
        } else if (check.isPresent()) {
            Optional<TrackedTopic.Pending> earlier = known.pending();
            if (earlier.isPresent() && check.get().isReached(earlier.get().ends())) {
                known.visible(earlier.get().committed());
            }
            known.pend(new TrackedTopic.Pending(now.offsets(), check.get().ends()));
        }
        return known.visible().orElseThrow(() -> invisibleDeadLetters(topic));
    }

    private TimeoutException invisibleDeadLetters(String topic) {
        return new TimeoutException(
                ("The dead letters of %s cannot be read yet: a transaction is open in topic %s, or one of its"
                                + " partitions has no leader")
                        .formatted(topic, deadLetters.topic()));
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

    /**
     * Returns whether brokers set the topic's timestamps; false without permission to read the topic's configuration.
     */
    private boolean isAppendTime(String topic) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config config =
                    get(admin.get().describeConfigs(List.of(resource)).values().get(resource));
            return config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)
                    .value()
                    .equals(TimestampType.LOG_APPEND_TIME.name);
        } catch (AuthorizationException e) {
            return false;
        }
    }

    @Override
    public void close() {
        committedRecords.close();
        allRecords.close();
        admin.close();
    }
}
