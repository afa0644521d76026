package io.wadi.management.lag;

import io.wadi.kafka.records.TopicReader;
import io.wadi.management.lag.EndHistory.Age;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * Reads ages from the timestamps of records, for lags with an age that is only known as a lower bound, and removes lags
 * that count no records. It is used only by commands that report once, since it reads records. Timestamps of type
 * CreateTime are set by the producer.
 */
public final class RecordAges {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_PARTITIONS = 200;

    private RecordAges() {}

    /**
     * Returns the report with exact ages for up to 200 partitions, if Kafka returns their records within five seconds
     * and Wadi is authorized to read them.
     *
     * @param observer the settings of a consumer
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
     */
    public static LagReport fill(LagReport report, Properties observer) {
        Map<TopicPartition, List<PartitionLag>> wanted = new HashMap<>();
        for (GroupLag group : report.groups()) {
            for (PartitionLag each : group.partitions()) {
                if (each.lag() > 0 && !each.lagMsExact() && wanted.size() < MAX_PARTITIONS) {
                    wanted.computeIfAbsent(each.partition(), any -> new ArrayList<>())
                            .add(each);
                }
            }
        }
        Map<TopicPartition, Map<Long, Long>> times = read(wanted, observer);
        return report.with(each -> filled(each, times.getOrDefault(each.partition(), Map.of()), report.timeMs()));
    }

    private static PartitionLag filled(PartitionLag lag, Map<Long, Long> times, long nowMs) {
        if (lag.lag() == 0 || lag.lagMsExact() || !times.containsKey(lag.committed())) {
            return lag;
        }
        Long time = times.get(lag.committed());
        return time == null ? lag.withoutRecords() : lag.with(new Age(Math.max(0, nowMs - time), true));
    }

    /** Returns the timestamp of the first record at or after each committed offset; null if there is no record. */
    private static Map<TopicPartition, Map<Long, Long>> read(
            Map<TopicPartition, List<PartitionLag>> wanted, Properties observer) {
        Map<TopicPartition, Map<Long, Long>> times = new HashMap<>();
        if (wanted.isEmpty()) {
            return times;
        }
        try (TopicReader reader = new TopicReader(observer, TopicReader.Fetch.COMMITTED_RECORD)) {
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            // Each round reads one offset per partition.
            while (!wanted.isEmpty() && System.nanoTime() < deadline) {
                Map<TopicPartition, Long> from = new HashMap<>();
                Map<TopicPartition, Long> until = new HashMap<>();
                wanted.forEach((partition, lags) -> {
                    PartitionLag next = lags.get(lags.size() - 1);
                    from.put(partition, next.committed());
                    until.put(partition, next.end());
                });
                try {
                    reader.firsts(from, until, Duration.ofNanos(deadline - System.nanoTime()))
                            .forEach((partition, first) -> times.computeIfAbsent(partition, any -> new HashMap<>())
                                    .put(from.get(partition), first == null ? null : first.timestamp()));
                    wanted.values().forEach(lags -> lags.remove(lags.size() - 1));
                    wanted.values().removeIf(List::isEmpty);
                } catch (TopicAuthorizationException e) {
                    wanted.keySet().removeIf(each -> e.unauthorizedTopics().contains(each.topic()));
                }
            }
        }
        return times;
    }
}
