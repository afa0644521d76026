package io.wadi.runtime.shutdown;

import java.util.Set;

/**
 * The inputs and outputs of a route, as endpoints such as {@code kafka:orders}, {@code direct:bulk} or
 * {@code seda:later}. An input may be a topic pattern, {@code kafka:~metric\..*}; an output may be {@link #ANY_TOPIC}.
 *
 * @param route the route's id
 */
record RouteFlow(String route, Set<String> reads, Set<String> feeds) {
    /** The prefix of Kafka endpoints. */
    static final String KAFKA = "kafka:";
    /** The prefix of topic patterns. */
    static final String PATTERN = KAFKA + "~";
    /** Any topic, for outputs that are not known before a record is processed. */
    static final String ANY_TOPIC = KAFKA + "*";

    /** Returns whether this route may send records to another route. */
    boolean feeds(RouteFlow other) {
        return feeds.stream().anyMatch(fed -> other.reads.stream().anyMatch(read -> matches(fed, read)));
    }

    private static boolean matches(String fed, String read) {
        if (fed.equals(read)) {
            return true;
        }
        if (!fed.startsWith(KAFKA) || !read.startsWith(KAFKA)) {
            return false;
        }
        return fed.equals(ANY_TOPIC)
                || (read.startsWith(PATTERN)
                        && fed.substring(KAFKA.length()).matches(read.substring(PATTERN.length())));
    }

    /** Returns whether the route reads Kafka, so that stopping its consumer waits for the consumer's threads. */
    boolean readsKafka() {
        return reads.stream().anyMatch(read -> read.startsWith(KAFKA));
    }
}
