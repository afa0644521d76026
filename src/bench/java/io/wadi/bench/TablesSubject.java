package io.wadi.bench;

import java.util.Locale;

/** The subjects of {@code ./wadi bench tables}. */
enum TablesSubject {
    WADI("TablesWadiSubject"),
    BARE("TablesBareSubject");

    private final String main;

    TablesSubject(String main) {
        this.main = main;
    }

    static TablesSubject named(String label) {
        return Arguments.named("--subjects", label, values(), TablesSubject::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String main() {
        return "io.wadi.bench.subject." + main;
    }
}
