package io.wadi.runtime.shutdown;

import java.util.Set;

/**
 * What a route takes its work from and what it gives work to, each a place such as {@code kafka:orders}, {@code direct:bulk}
 * or {@code seda:later}. It may read every topic that matches an expression, {@code kafka:~metric\..*}, and feed whichever
 * topic its records say, {@link #ANY_TOPIC}.
 *
 * @param route the route's id
 * @param reads where it takes its work from
 * @param feeds where it gives work to
 */
record RouteFlow(String route, Set<String> reads, Set<String> feeds) {
    /** How places in Kafka begin. */
    static final String KAFKA = "kafka:";
    /** How topics begin that an expression names. */
    static final String PATTERN = KAFKA + "~";
    /** Any topic at all. */
    static final String ANY_TOPIC = KAFKA + "*";

    /** Whether this route may give work to the other one. */
    boolean feeds(RouteFlow other) {
        return feeds.stream().anyMatch(fed -> other.reads.stream().anyMatch(read -> meet(fed, read)));
    }

    private static boolean meet(String fed, String read) {
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

    /** Whether its consumer reads Kafka: then its own threads carry its work, and its stop waits for them. */
    boolean readsKafka() {
        return reads.stream().anyMatch(read -> read.startsWith(KAFKA));
    }
}
