package io.wadi.bench;

import java.util.Locale;

/** The cases of {@code ./wadi bench cards}. */
enum CardsCase {
    /** One thread judges the payments that are in the topic. */
    THROUGHPUT,
    /** Payments come at a steady rate, and a consumer of committed records waits for their verdicts. */
    LATENCY;

    static CardsCase named(String label) {
        return Arguments.named("--cases", label, values(), CardsCase::label);
    }

    /** The label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
