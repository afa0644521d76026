package io.wadi.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Who is measured by {@code ./wadi bench indexing}. */
enum IndexingSubject {
    WADI("IndexingWadiSubject"),
    BARE("IndexingBareSubject"),
    STOCK("IndexingStockSubject");

    /** One request a record: with the full volume one would wait for minutes. */
    private static final long MOST_OF_STOCK = 20_000;

    private final String main;

    IndexingSubject(String main) {
        this.main = main;
    }

    static IndexingSubject named(String label) {
        return Arrays.stream(values())
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--subjects: there is no \"%s\", only %s"
                        .formatted(
                                label,
                                Arrays.stream(values())
                                        .map(IndexingSubject::label)
                                        .collect(Collectors.joining(", ")))));
    }

    /** As in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String main() {
        return "io.wadi.bench.subject." + main;
    }

    /** What is measured of it where others are measured with the full volume. */
    LandingCase share(LandingCase full) {
        return this == STOCK ? LandingCase.of(Math.min(full.records(), MOST_OF_STOCK), full.valueBytes()) : full;
    }
}
