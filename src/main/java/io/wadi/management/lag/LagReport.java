package io.wadi.management.lag;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/**
 * The lag of all groups at one time.
 *
 * @param timeMs the time of the sample in milliseconds since 1970; 0 before the first sample
 * @param groups sorted by name
 * @param topics the number of partitions of each topic
 * @param ends the known end offsets
 * @param omitted what is not monitored because it exceeds the limits; empty if nothing is omitted
 * @param problem why later samples have failed; empty if none has failed
 */
public record LagReport(
        long timeMs,
        List<GroupLag> groups,
        Map<String, Integer> topics,
        Map<TopicPartition, Long> ends,
        String omitted,
        String problem) {
    static final LagReport NONE = new LagReport(0, List.of(), Map.of(), Map.of(), "", "");

    /** Returns whether a sample was ever taken. */
    public boolean isAvailable() {
        return timeMs > 0;
    }

    public Optional<GroupLag> find(String group) {
        return groups.stream().filter(each -> each.group().equals(group)).findFirst();
    }

    public LagStatus worst() {
        return LagStatus.worst(groups.stream().map(GroupLag::worst));
    }

    /** Returns this report with changed lags of partitions. */
    LagReport with(UnaryOperator<PartitionLag> change) {
        return new LagReport(
                timeMs, groups.stream().map(each -> each.with(change)).toList(), topics, ends, omitted, problem);
    }

    LagReport withProblem(String cause) {
        return new LagReport(timeMs, groups, topics, ends, omitted, cause);
    }
}
