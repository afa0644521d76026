package io.wadi.bench;

import java.util.Locale;

/** The subjects of {@code ./wadi bench indexing}. */
enum IndexingSubject {
    WADI("IndexingWadiSubject"),
    BARE("IndexingBareSubject"),
    STOCK("IndexingStockSubject"),
    /** Another build of Wadi, for comparison. */
    OTHER("IndexingWadiSubject");

    /**
     * Maximum number of records for {@code stock}, which sends a request for each record and takes minutes for the full
     * volume.
     */
    private static final long MOST_OF_STOCK = 20_000;

    private final String main;

    IndexingSubject(String main) {
        this.main = main;
    }

    static IndexingSubject named(String label) {
        return Arguments.named("--subjects", label, values(), IndexingSubject::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String main() {
        return "io.wadi.bench.subject." + main;
    }

    /** Returns the case for this subject, which may have fewer records than the full volume of the others. */
    LandingCase share(LandingCase full) {
        return this == STOCK ? LandingCase.of(Math.min(full.records(), MOST_OF_STOCK), full.valueBytes()) : full;
    }
}
