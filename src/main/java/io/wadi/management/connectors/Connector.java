package io.wadi.management.connectors;

import java.util.List;
import java.util.Map;

/**
 * A route that reads or writes Kafka, in Kafka Connect's words.
 *
 * @param name the route's id
 * @param type what it is to Kafka
 * @param plugin the class of the component that the route takes its work from
 * @param topics those that it reads, or writes to where it is a source; of a pattern none
 * @param group the consumer group that it reads with; empty where it has none
 * @param threads how many threads do its work: its tasks
 * @param keepsPlace whether it can pause as it is, started; others are stopped for that
 * @param config what Connect would call its configuration, without secrets
 */
record Connector(
        String name,
        Type type,
        String plugin,
        List<String> topics,
        String group,
        int threads,
        boolean keepsPlace,
        Map<String, String> config) {
    /** What a route is to Kafka. */
    enum Type {
        /** It brings records to Kafka. */
        SOURCE,
        /** It takes records from Kafka. */
        SINK
    }
}
