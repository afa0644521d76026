package io.wadi.kafka.client;

import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.partitions.ReadProgress;
import io.wadi.kafka.records.TopicReader;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * A probe of a group's progress in partitions that other clients read, based on the group's committed offsets. It
 * reports a fault if the group commits nothing for some time although there are records, or if Kafka does not respond.
 * Transaction markers do not count as records.
 */
public final class GroupProgressProbe implements Prober.Probe {
    private final KafkaClients kafka;
    private final String group;
    private final Supplier<Set<TopicPartition>> partitions;
    private final Duration stallTimeout;
    private final Duration requestTimeout;
    private final Clock clock;
    private final Map<TopicPartition, ReadProgress> progress = new HashMap<>();
    private final AdminOnDemand admin;
    private TopicReader reader;

    /**
     * Creates a probe, which connects on its first check.
     *
     * @param partitions the partitions to probe; the stall timeout of a new one starts when it appears
     * @param stallTimeout the maximum time without a commit although there are records
     * @param requestTimeout the timeout of each request to Kafka
     */
    public GroupProgressProbe(
            KafkaClients kafka,
            String group,
            Supplier<Set<TopicPartition>> partitions,
            Duration stallTimeout,
            Duration requestTimeout,
            Clock clock) {
        this.kafka = kafka;
        this.group = group;
        this.partitions = partitions;
        this.stallTimeout = stallTimeout;
        this.requestTimeout = requestTimeout;
        this.clock = clock;
        this.admin = new AdminOnDemand(() -> kafka.adminProperties(requestTimeout));
    }

    @Override
    public CheckResult check() throws InterruptedException {
        Set<TopicPartition> wanted = partitions.get();
        try {
            return checkProgress(wanted);
        } catch (InterruptException e) {
            throw new InterruptedException();
        } catch (KafkaException e) {
            return CheckResult.fault("the lag of group %s is unknown: %s".formatted(group, Causes.inShort(e)));
        }
    }

    private CheckResult checkProgress(Set<TopicPartition> wanted) throws InterruptedException {
        Map<TopicPartition, Long> committed = AdminRequests.committed(admin.get(), group);
        Map<TopicPartition, Long> begins = offsets(wanted, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(wanted, OffsetSpec.latest());
        progress.keySet().retainAll(wanted);
        long lag = 0;
        List<String> stalled = new ArrayList<>();
        for (TopicPartition each : wanted) {
            long end = ends.get(each);
            long done = done(begins.get(each), committed.getOrDefault(each, 0L), end);
            lag += Math.max(0, end - done);
            stalled(each, done, end).ifPresent(reason -> stalled.add("%s: %s".formatted(each, reason)));
        }
        if (stalled.isEmpty()) {
            return CheckResult.proof("group %s has a lag of %d offsets in %d partitions here and makes progress"
                    .formatted(group, lag, wanted.size()));
        }
        String more = stalled.size() == 1 ? "" : "; and %d more partitions".formatted(stalled.size() - 1);
        return CheckResult.fault("group %s makes no progress: %s%s".formatted(group, stalled.get(0), more));
    }

    /**
     * Returns the offset before which all records are processed. A commit beyond the end is of a former log, as before
     * the topic was recreated, and includes no record of this one.
     */
    private static long done(long begin, long committed, long end) {
        return committed > end ? begin : Math.max(begin, committed);
    }

    private Map<TopicPartition, Long> offsets(Set<TopicPartition> wanted, OffsetSpec which)
            throws InterruptedException {
        return AdminRequests.offsets(admin.get(), wanted, which, IsolationLevel.READ_COMMITTED);
    }

    private Optional<String> stalled(TopicPartition partition, long done, long end) {
        Instant now = clock.instant();
        ReadProgress known = progress.get(partition);
        // A lower commit is one in a new log, as after the topic was recreated, or the group was reset.
        ReadProgress earlier = known == null || done < known.safe() ? ReadProgress.start(now) : known;
        ReadProgress current = earlier.next(end, done, 0, Duration.ZERO, now);
        progress.put(partition, current);
        Optional<String> stall = current.stall(now, stallTimeout);
        if (stall.isPresent() && !hasRecords(partition, done, end)) {
            progress.remove(partition);
            return Optional.empty();
        }
        return stall;
    }

    /** Returns whether there are records, and not only transaction markers; true if Kafka does not respond in time. */
    private boolean hasRecords(TopicPartition partition, long from, long end) {
        Map<TopicPartition, ConsumerRecord<byte[], byte[]>> first =
                reader().firsts(Map.of(partition, from), Map.of(partition, end), requestTimeout);
        return !first.containsKey(partition) || first.get(partition) != null;
    }

    private TopicReader reader() {
        if (reader == null) {
            reader = kafka.probingReader(requestTimeout);
        }
        return reader;
    }

    @Override
    public void close() {
        admin.close();
        if (reader != null) {
            reader.close();
        }
    }
}
