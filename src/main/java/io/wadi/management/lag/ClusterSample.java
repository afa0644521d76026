package io.wadi.management.lag;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * All groups and the ends of all partitions at one look.
 *
 * @param timeMs when, in milliseconds since 1970
 * @param groups those that are watched
 * @param groupsLeft how many there are beyond
 * @param topics the partitions of each topic
 * @param ends the offset that the next record gets; none of a partition whose leader does not answer
 */
record ClusterSample(
        long timeMs,
        List<GroupSample> groups,
        int groupsLeft,
        Map<String, Integer> topics,
        Map<TopicPartition, Long> ends) {}
