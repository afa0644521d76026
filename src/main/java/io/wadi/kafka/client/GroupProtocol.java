package io.wadi.kafka.client;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;

/** The rebalance protocol of the consumer groups of routes. */
public enum GroupProtocol {
    /** The classic protocol: the first member assigns the partitions. */
    CLASSIC,
    /**
     * The protocol of KIP-848: the broker assigns the partitions, and determines the session timeout and heartbeat
     * interval.
     */
    CONSUMER;

    /** Returns the protocol by Kafka's name for it. */
    public static GroupProtocol of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Sets the endpoints' defaults for this protocol. */
    void applyTo(KafkaConfiguration configuration) {
        if (this == CLASSIC) {
            // The response to a heartbeat announces a rebalance: at most a second after the broker has detected a dead
            // member.
            configuration.setHeartbeatIntervalMs(1000);
            return;
        }
        // Camel resolves the placeholders of the properties in this map.
        configuration.setAdditionalProperties(
                new HashMap<>(Map.of(ConsumerConfig.GROUP_PROTOCOL_CONFIG, name().toLowerCase(Locale.ROOT))));
        // Kafka rejects each of these options with this protocol, and Camel has defaults for them.
        configuration.setPartitionAssignor(null);
        configuration.setSessionTimeoutMs(null);
        configuration.setHeartbeatIntervalMs(null);
    }

    /**
     * Checks the properties that depend on the protocol, and removes them: a consumer of {@link #CONSUMER} connects as
     * soon as it is created, one of {@link #CLASSIC} at its first poll.
     *
     * @throws KafkaException if Kafka rejects a property
     */
    static void check(Properties properties) {
        if (!properties.containsKey(ConsumerConfig.GROUP_PROTOCOL_CONFIG)) {
            return;
        }
        new ConsumerConfig(properties);
        removeFrom(properties);
        properties.remove(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
    }

    /** Removes the protocol from the properties of a consumer that does not join a group. */
    static void removeFrom(Properties properties) {
        properties.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
    }
}
