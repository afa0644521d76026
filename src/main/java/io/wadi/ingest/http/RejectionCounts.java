package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.ingest.admission.Rejection.Reason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Rejected requests by reason: the meter {@code wadi.ingest.rejections}. Thread-safe. */
final class RejectionCounts {
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private final Map<Reason, Counter> counts = new EnumMap<>(Reason.class);

    RejectionCounts(MeterRegistry meters) {
        for (Reason reason : Reason.values()) {
            Counter count = Counter.builder("wadi.ingest.rejections")
                    .description("Rejected requests by reason")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(meters);
            counts.put(reason, count);
        }
    }

    void rejected(Reason reason) {
        counts.get(reason).increment();
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
