package io.wadi.bench;

import java.util.Locale;

/** The cases of {@code ./wadi bench cards}. */
enum CardsCase {
    /** One thread scores the payments of a prefilled topic. */
    THROUGHPUT,
    /** Payments arrive at a constant rate, and a read-committed consumer waits for their decisions. */
    LATENCY;

    static CardsCase named(String label) {
        return Arguments.named("--cases", label, values(), CardsCase::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
