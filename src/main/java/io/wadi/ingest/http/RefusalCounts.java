package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.ingest.admission.Refusal;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How many requests were not let in, and why: the meter {@code wadi.intake.refusals}. Thread-safe. */
final class RefusalCounts {
    private final Map<Why, Counter> counts = new EnumMap<>(Why.class);

    /** Why a request is not let in. */
    enum Why {
        /** Nobody knows its key or token, or it has none. */
        NO_KEY,
        /** Its key or token is not for this topic. */
        NO_RIGHT,
        /** Its body is longer than it may be. */
        TOO_LARGE,
        /** Its client sends more than it may. */
        RATE,
        /** As much is being worked on as may be. */
        NO_ROOM,
        /** More comes than can be worked on, and it has waited for too long. */
        LATE,
        /** Wadi takes nothing now. */
        CLOSED,
        /** It could not be looked at. */
        FAILED;

        /** Why admission has refused. */
        static Why of(Refusal refusal, boolean isClosed) {
            return switch (refusal.status()) {
                case 401 -> NO_KEY;
                case 403 -> NO_RIGHT;
                case 413 -> TOO_LARGE;
                case 429 -> RATE;
                case 503 -> isClosed ? CLOSED : refusal.isForLateness() ? LATE : NO_ROOM;
                default -> FAILED;
            };
        }
    }

    RefusalCounts(MeterRegistry meters) {
        for (Why why : Why.values()) {
            Counter count = Counter.builder("wadi.intake.refusals")
                    .description("Requests that were not let in")
                    .tag("reason", why.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(meters);
            counts.put(why, count);
        }
    }

    void refused(Why why) {
        counts.get(why).increment();
    }
}
