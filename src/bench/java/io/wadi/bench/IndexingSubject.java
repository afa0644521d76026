package io.wadi.bench;

import java.util.Locale;

/** The subjects of {@code ./wadi bench indexing}. */
enum IndexingSubject {
    WADI("IndexingWadiSubject"),
    BARE("IndexingBareSubject"),
    STOCK("IndexingStockSubject"),
    /** Another build of Wadi, to compare two. */
    OTHER("IndexingWadiSubject");

    /** One request a record: with the full volume one would wait for minutes. */
    private static final long MOST_OF_STOCK = 20_000;

    private final String main;

    IndexingSubject(String main) {
        this.main = main;
    }

    static IndexingSubject named(String label) {
        return Arguments.named("--subjects", label, values(), IndexingSubject::label);
    }

    /** The label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String main() {
        return "io.wadi.bench.subject." + main;
    }

    /** Its number of records where the other subjects have the full volume. */
    LandingCase share(LandingCase full) {
        return this == STOCK ? LandingCase.of(Math.min(full.records(), MOST_OF_STOCK), full.valueBytes()) : full;
    }
}
