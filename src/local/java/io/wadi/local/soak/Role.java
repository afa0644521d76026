package io.wadi.local.soak;

import java.util.List;
import java.util.Locale;

/** The role of a Wadi process, which is its set of route files, as in production. */
enum Role {
    INGEST,
    LANDING,
    INDEXING;

    /** Returns the names of the route files, without extension. */
    List<String> routes() {
        return switch (this) {
            case INGEST -> List.of("web-events", "kafka-rest", "pixel", "documents", "errors");
            case LANDING -> List.of("landing", "errors");
            case INDEXING -> List.of("indexing", "errors");
        };
    }

    /** Returns the display name. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
