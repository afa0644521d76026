package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.ingest.admission.Rejection.Reason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Rejected requests by reason: the meter {@code wadi.ingest.rejections}. Thread-safe. */
final class RejectionCounts {
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
}
