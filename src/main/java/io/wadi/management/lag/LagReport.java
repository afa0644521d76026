package io.wadi.management.lag;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * What was known of all groups at one moment.
 *
 * @param timeMs when Kafka was looked at, in milliseconds since 1970; 0 where it was not yet
 * @param groups by name
 * @param topics the partitions of each topic
 * @param ends where these ended; none of those whose leader did not answer
 * @param left what is beyond the limits and not watched, in words; empty where all is
 * @param problem why Kafka could not be looked at since, in words; empty where it could
 */
public record LagReport(
        long timeMs,
        List<GroupLag> groups,
        Map<String, Integer> topics,
        Map<TopicPartition, Long> ends,
        String left,
        String problem) {
    static final LagReport NOTHING = new LagReport(0, List.of(), Map.of(), Map.of(), "", "");

    /** Whether Kafka was ever looked at. */
    public boolean isThere() {
        return timeMs > 0;
    }

    /** A group. */
    public Optional<GroupLag> find(String group) {
        return groups.stream().filter(each -> each.group().equals(group)).findFirst();
    }

    /** The verdict of the worst group. */
    public LagStatus worst() {
        return groups.stream()
                .map(GroupLag::worst)
                .max(Comparator.naturalOrder())
                .orElse(LagStatus.OK);
    }

    LagReport with(List<GroupLag> others) {
        return new LagReport(timeMs, others, topics, ends, left, problem);
    }

    LagReport withProblem(String why) {
        return new LagReport(timeMs, groups, topics, ends, left, why);
    }
}
