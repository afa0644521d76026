package io.wadi.management.lag;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A group as it was found at one look.
 *
 * @param state as Kafka names it, such as {@code Stable} or {@code Empty}
 * @param members how many it has; -1 where that is not known
 * @param owners who has which partition
 * @param committed the offsets it has committed; null where Kafka did not say
 * @param problem what could not be found out, in words; empty where all was
 */
record GroupSample(
        String group,
        String state,
        int members,
        Map<TopicPartition, Owner> owners,
        Map<TopicPartition, Long> committed,
        String problem) {

    /** Who has a partition. */
    record Owner(String clientId, String host) {
        static final Owner NONE = new Owner("", "");
    }
}
