package io.wadi.kafka;

import java.util.Comparator;
import org.apache.kafka.common.TopicPartition;

/** The order of partitions in reports. */
public final class PartitionOrder {
    /** By topic, then by number. */
    public static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    private PartitionOrder() {}
}
