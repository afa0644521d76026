package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many requests of a path were answered, by the class of the answer's status: the meter {@code wadi.ingest.requests}.
 * Counting costs a request next to nothing, and much less than Camel's meters of a route, which ingest routes do without.
 */
final class RequestCounts {
    private static final int CLASS = 100;
    private static final int CLASSES = 5;

    /** From 1xx to 5xx. Routes of one path share them, and so does a route with itself when it is started again. */
    private final List<Counter> answered;

    RequestCounts(MeterRegistry meters, String path) {
        answered = IntStream.rangeClosed(1, CLASSES)
                .mapToObj(status -> Counter.builder("wadi.ingest.requests")
                        .description("Requests answered")
                        .tags("path", path, "status", status + "xx")
                        .register(meters))
                .toList();
    }

    void answered(int status) {
        answered.get(status / CLASS - 1).increment();
    }
}
