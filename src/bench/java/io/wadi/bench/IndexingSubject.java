package io.wadi.bench;

import java.util.Locale;

/** The subjects of {@code ./wadi bench indexing}. */
enum IndexingSubject {
    WADI("IndexingWadiSubject", 1),
    /** Wadi with two indexing threads. */
    WADI_2("IndexingWadiSubject", 2),
    BARE("IndexingBareSubject", 1),
    STOCK("IndexingStockSubject", 1),
    /** Another build of Wadi, for comparison. */
    OTHER("IndexingWadiSubject", 1);

    /**
     * Maximum number of records for {@code stock}, which sends a request for each record and takes minutes for the full
     * volume.
     */
    private static final long MOST_OF_STOCK = 20_000;

    private final String main;
    private final int parallelism;

    IndexingSubject(String main, int parallelism) {
        this.main = main;
        this.parallelism = parallelism;
    }

    static IndexingSubject named(String label) {
        return Arguments.named("--subjects", label, values(), IndexingSubject::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String main() {
        return "io.wadi.bench.subject." + main;
    }

    /** Returns the number of indexing threads of Wadi. */
    int parallelism() {
        return parallelism;
    }

    /** Returns the case for this subject, which may have fewer records than the full volume of the others. */
    LandingCase share(LandingCase full) {
        return this == STOCK ? LandingCase.of(Math.min(full.records(), MOST_OF_STOCK), full.valueBytes()) : full;
    }
}
