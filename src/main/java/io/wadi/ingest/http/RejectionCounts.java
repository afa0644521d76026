package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.runtime.telemetry.EnumCounters;

/** Rejected requests by reason: the meter {@code wadi.ingest.rejections}. Thread-safe. */
final class RejectionCounts {
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private final EnumCounters<Reason> counts;

    RejectionCounts(MeterRegistry meters) {
        counts = new EnumCounters<>(
                Reason.class,
                "reason",
                Counter.builder("wadi.ingest.rejections")
                        .description("Rejected requests by reason")
                        .withRegistry(meters));
    }

    void rejected(Reason reason) {
        counts.increment(reason);
    }

    /** Counts a response of a route or of the dispatcher if its status is 4xx. */
    void responded(int status) {
        if (status >= CLIENT_ERROR && status < SERVER_ERROR) {
            rejected(reasonOf(status));
        }
    }

    private static Reason reasonOf(int status) {
        return switch (status) {
            case 403 -> Reason.FORBIDDEN;
            case 404, 405 -> Reason.NOT_FOUND;
            case 408 -> Reason.SLOW;
            case 413 -> Reason.TOO_LARGE;
            default -> Reason.INVALID;
        };
    }
}
