package io.wadi.management.lag;

import io.wadi.kafka.Causes;
import io.wadi.kafka.records.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects lags that count no records: either all records of the partition are deleted, or all offsets from the
 * committed offset to the end are transaction markers, aborted records or compacted records. For the latter, it reads
 * the records after committed offsets that have not changed between two samples, for at most 50 partitions and two
 * seconds per sample. It keeps the results until the end offset changes. Not thread-safe.
 */
final class EmptyLag {
    private static final Logger LOG = LoggerFactory.getLogger(EmptyLag.class);

    /** The maximum lag that is checked; a larger lag is unlikely to be without records. */
    private static final long MAX_LAG = 1000;

    private static final int MAX_PARTITIONS = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Supplier<Properties> observer;
    private final Map<TopicPartition, Tail> tails = new HashMap<>();
    private final Set<String> denied = new HashSet<>();
    /** The topics that the log names as denied. */
    private final Set<String> logged = new HashSet<>();

    private int samples;
    private ClusterSample previous;

    /**
     * The known records of a partition up to its end offset.
     *
     * @param record the largest offset that is known to have a record; -1 if none is known
     * @param emptyFrom the smallest offset from which it is known that no record follows
     */
    private record Tail(long end, long record, long emptyFrom) {
        static Tail unknown(long end) {
            return new Tail(end, -1, end);
        }

        boolean isKnown(long committed) {
            return committed <= record || committed >= emptyFrom;
        }

        Tail with(long committed, ConsumerRecord<?, ?> first) {
            return first == null
                    ? new Tail(end, record, Math.min(emptyFrom, committed))
                    : new Tail(end, Math.max(record, first.offset()), emptyFrom);
        }
    }

    /** Creates a detector; {@code observer} supplies the settings of a consumer. */
    EmptyLag(Supplier<Properties> observer) {
        this.observer = observer;
    }

    /** Reads the records after the committed offsets of a sample. */
    void update(ClusterSample sample) {
        samples++;
        if (samples % LagMonitor.DENIED_SAMPLES == 0) {
            denied.clear();
        }
        tails.entrySet()
                .removeIf(each -> !Long.valueOf(each.getValue().end())
                        .equals(sample.ends().get(each.getKey())));
        Map<TopicPartition, Long> from = previous == null ? Map.of() : unchanged(sample);
        previous = sample;
        if (!from.isEmpty()) {
            read(from, sample.ends());
        }
    }

    /** Returns committed offsets with an unchanged lag that is not checked yet, one per partition. */
    private Map<TopicPartition, Long> unchanged(ClusterSample sample) {
        Map<String, Map<TopicPartition, Long>> before = new HashMap<>();
        previous.groups().stream()
                .filter(each -> each.committed() != null)
                .forEach(each -> before.put(each.group(), each.committed()));
        Map<TopicPartition, Long> found = new HashMap<>();
        for (GroupSample group : sample.groups()) {
            Map<TopicPartition, Long> committed = group.committed() == null ? Map.of() : group.committed();
            committed.forEach((partition, offset) -> {
                if (offset.equals(before.getOrDefault(group.group(), Map.of()).get(partition))
                        && isUnknown(partition, offset, sample)) {
                    found.put(partition, offset);
                }
            });
        }
        List<TopicPartition> some = new ArrayList<>(found.keySet());
        Collections.shuffle(some); // Slow partitions must not prevent others from being read.
        found.keySet().retainAll(new HashSet<>(some.subList(0, Math.min(MAX_PARTITIONS, some.size()))));
        return found;
    }

    private boolean isUnknown(TopicPartition partition, long committed, ClusterSample sample) {
        Long end = sample.ends().get(partition);
        return end != null
                && end.equals(previous.ends().get(partition))
                && committed < end
                && end - committed <= MAX_LAG
                && !sample.emptied().contains(partition)
                && !denied.contains(partition.topic())
                && !tails.getOrDefault(partition, Tail.unknown(end)).isKnown(committed);
    }

    private void read(Map<TopicPartition, Long> from, Map<TopicPartition, Long> ends) {
        try (TopicReader reader = new TopicReader(observer.get(), TopicReader.Fetch.COMMITTED_RECORD)) {
            reader.firsts(from, ends, TIMEOUT)
                    .forEach((partition, first) -> tails.put(
                            partition,
                            tails.getOrDefault(partition, Tail.unknown(ends.get(partition)))
                                    .with(from.get(partition), first)));
        } catch (TopicAuthorizationException e) {
            denied.addAll(e.unauthorizedTopics());
            if (logged.addAll(e.unauthorizedTopics())) {
                LOG.info(
                        "Wadi is not authorized to read topics {}: their lag counts transaction markers as records",
                        e.unauthorizedTopics());
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("Cannot read the records after committed offsets: {}", Causes.inShort(e));
        }
    }

    /** Returns the report of the last sample with a lag of 0 for partitions with a lag that counts no records. */
    LagReport remove(LagReport report) {
        return report.with(each -> isEmpty(each) ? each.withoutRecords() : each);
    }

    private boolean isEmpty(PartitionLag lag) {
        if (lag.lag() > 0 && previous.emptied().contains(lag.partition())) {
            return true;
        }
        Tail tail = tails.get(lag.partition());
        return lag.lag() > 0 && tail != null && tail.end() == lag.end() && lag.committed() >= tail.emptyFrom();
    }
}
