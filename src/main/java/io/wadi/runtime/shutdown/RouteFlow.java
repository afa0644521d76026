package io.wadi.runtime.shutdown;

import java.util.Set;

/**
 * The inputs and outputs of a route, as endpoints such as {@code kafka:orders}, {@code direct:bulk} or
 * {@code seda:later}. An input may be a topic pattern, {@code kafka:~metric\..*}; an output may be {@code kafka:*},
 * {@code direct:*} or {@code seda:*} if it is not known before a record is processed.
 *
 * @param route the route's id
 */
record RouteFlow(String route, Set<String> reads, Set<String> feeds) {
    /** The prefix of Kafka endpoints. */
    static final String KAFKA = "kafka:";
    /** The prefix of topic patterns. */
    static final String PATTERN = KAFKA + "~";
    /** The end of an output that is any endpoint of its scheme. */
    static final String ANY = ":*";

    /** Returns whether this route may send records to another route. */
    boolean feeds(RouteFlow other) {
        return feeds.stream().anyMatch(fed -> other.reads(fed));
    }

    /** Returns whether an output whose name is known is an input of another route. */
    boolean feedsByName(RouteFlow other) {
        return feeds.stream().anyMatch(fed -> !fed.endsWith(ANY) && other.reads(fed));
    }

    private boolean reads(String fed) {
        return reads.stream().anyMatch(read -> matches(fed, read));
    }

    private static boolean matches(String fed, String read) {
        if (fed.equals(read)) {
            return true;
        }
        if (fed.endsWith(ANY)) {
            return read.startsWith(fed.substring(0, fed.length() - 1));
        }
        return fed.startsWith(KAFKA)
                && read.startsWith(PATTERN)
                && fed.substring(KAFKA.length()).matches(read.substring(PATTERN.length()));
    }

    /** Returns whether the route reads Kafka, so that stopping its consumer waits for the consumer's threads. */
    boolean readsKafka() {
        return reads.stream().anyMatch(read -> read.startsWith(KAFKA));
    }
}
