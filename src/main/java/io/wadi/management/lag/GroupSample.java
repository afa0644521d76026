package io.wadi.management.lag;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The state of a group at one time.
 *
 * @param type the protocol of its members: {@code Classic}, {@code Consumer} (KIP-848), {@code Share} (KIP-932) or
 *     {@code Streams} (KIP-1071)
 * @param state Kafka's state, such as {@code Stable} or {@code Empty}
 * @param members the number of members; -1 if unknown
 * @param owners the member that each partition is assigned to; for a share group, one of the members that share it
 * @param committed the committed offsets; for a share group, the offsets that result in the lag that Kafka has counted;
 *     null if unknown
 * @param problem what is unknown, and why; empty without a problem
 */
record GroupSample(
        String group,
        String type,
        String state,
        int members,
        Map<TopicPartition, Owner> owners,
        Map<TopicPartition, Long> committed,
        String problem) {

    /** The member that a partition is assigned to. */
    record Owner(String clientId, String host) {
        static final Owner NONE = new Owner("", "");
    }
}
