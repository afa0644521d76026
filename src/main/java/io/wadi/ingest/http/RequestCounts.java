package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Counts the answered requests of a path by status class: the meter {@code wadi.ingest.requests}. It costs less than
 * Camel's route meters, which are disabled for ingest routes.
 */
final class RequestCounts {
    private static final int CLASS = 100;
    private static final int CLASSES = 5;

    /** The counters of 1xx to 5xx. Routes with the same path share them, also a route that is started again. */
    private final List<Counter> answered;

    RequestCounts(MeterRegistry meters, String path) {
        answered = IntStream.rangeClosed(1, CLASSES)
                .mapToObj(status -> Counter.builder("wadi.ingest.requests")
                        .description("Requests answered")
                        .tags("path", path, "status", status + "xx")
                        .register(meters))
                .toList();
    }

    /** Counts a response. The status of a route may be invalid, such as 999: it counts for the nearest class. */
    void answered(int status) {
        answered.get(Math.max(1, Math.min(status / CLASS, CLASSES)) - 1).increment();
    }
}
