package io.wadi.kafka.topics;

import java.util.Set;

/**
 * An endpoint that reads or feeds other places than its URI says, so that routes can stop in the order in which they feed each
 * other. A place is a topic, {@code kafka:orders}, or another route's input, {@code direct:bulk}.
 */
public interface LinkedEndpoint {
    /** How the places begin that are topics. */
    String TOPIC = "kafka:";

    /** Where a route from here takes its work from. */
    default Set<String> reads() {
        return Set.of();
    }

    /** The consumer group that a route from here reads with; empty where it has none. */
    default String group() {
        return "";
    }

    /** Where what is read from or sent to this endpoint leads to, by itself. */
    default Set<String> feeds() {
        return Set.of();
    }
}
