package io.wadi.management.lag;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * The groups and the end offsets of all partitions at one time.
 *
 * @param timeMs the time of the sample in milliseconds since 1970
 * @param groups the monitored groups
 * @param groupsLeft the number of groups beyond the limit
 * @param topics the number of partitions of each topic
 * @param ends the known end offsets
 * @param endProblems why the end offsets of other partitions are unknown
 * @param emptied the partitions without records, since all were deleted, among those that a group reads without a
 *     committed offset, and those with an end, unchanged since the previous sample, that a group has not read to
 */
record ClusterSample(
        long timeMs,
        List<GroupSample> groups,
        int groupsLeft,
        Map<String, Integer> topics,
        Map<TopicPartition, Long> ends,
        Map<TopicPartition, String> endProblems,
        Set<TopicPartition> emptied) {}
