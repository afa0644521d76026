package io.wadi.kafka.topics;

import java.util.Set;

/**
 * An endpoint with inputs and outputs that are not in its URI. Shutdown uses them to stop each route before the routes
 * that it feeds. An input or output is a topic, {@code kafka:orders}, or another route's input, {@code direct:bulk}.
 */
public interface LinkedEndpoint {
    String TOPIC = "kafka:";

    /** Returns the inputs of a route that starts at this endpoint. */
    default Set<String> reads() {
        return Set.of();
    }

    /** Returns the consumer group of a route that starts at this endpoint; empty for none. */
    default String group() {
        return "";
    }

    /** Returns the outputs that this endpoint writes to. */
    default Set<String> feeds() {
        return Set.of();
    }
}
