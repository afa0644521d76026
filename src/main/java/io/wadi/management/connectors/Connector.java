package io.wadi.management.connectors;

import java.util.List;
import java.util.Map;

/**
 * A route that reads or writes Kafka, as a connector.
 *
 * @param name the route's id
 * @param plugin the class of the component of the route's input
 * @param topics the topics that a sink reads or a source writes; none for a topic pattern
 * @param group the consumer group; empty without one
 * @param threads the number of consumer threads, which are the connector's tasks
 * @param pausesStarted whether the route stays started while it is paused; a pause stops other routes
 * @param config the configuration, without secrets
 */
record Connector(
        String name,
        Type type,
        String plugin,
        List<String> topics,
        String group,
        int threads,
        boolean pausesStarted,
        Map<String, String> config) {
    enum Type {
        SOURCE,
        SINK
    }

    Connector withConfig(Map<String, String> other) {
        return new Connector(name, type, plugin, topics, group, threads, pausesStarted, other);
    }
}
