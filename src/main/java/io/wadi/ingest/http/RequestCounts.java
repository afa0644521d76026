package io.wadi.ingest.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * How many requests of a path were answered, by the class of the answer's status: the meter {@code wadi.intake.requests}.
 * Counting costs a request next to nothing, and much less than Camel's meters of a route, which intake routes do without.
 */
final class RequestCounts {
    private static final int CLASS = 100;

    /** From 1xx to 5xx. */
    private final List<LongAdder> answered =
            Stream.generate(LongAdder::new).limit(5).toList();

    RequestCounts(MeterRegistry meters, String path) {
        for (int i = 0; i < answered.size(); i++) {
            FunctionCounter.builder("wadi.intake.requests", answered.get(i), LongAdder::doubleValue)
                    .description("Requests answered")
                    .tags("path", path, "status", (i + 1) + "xx")
                    .register(meters);
        }
    }

    void answered(int status) {
        answered.get(status / CLASS - 1).increment();
    }
}
