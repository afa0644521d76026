package io.wadi.local.soak;

import java.util.List;
import java.util.Locale;

/** What a Wadi process does: the route files that it has, as in the production shape. */
enum Role {
    INGEST,
    LANDING,
    INDEXING;

    /** The names of its route files, without their ending. */
    List<String> routes() {
        return switch (this) {
            case INGEST -> List.of("web-events", "kafka-rest", "pixel", "documents", "errors");
            case LANDING -> List.of("landing", "errors");
            case INDEXING -> List.of("indexing", "errors");
        };
    }

    /** Its name, as people write it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
