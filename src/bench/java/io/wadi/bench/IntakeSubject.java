package io.wadi.bench;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Who takes events. */
enum IntakeSubject {
    WADI("wadi"),
    /** Wadi without its metrics; not measured unless it is asked for. */
    UNOBSERVED("unobserved"),
    /** Vert.x and a producer by hand. */
    BARE("bare"),
    SPRING("spring"),
    /** A producer that nobody sends anything to. */
    PRODUCER("producer");

    private final String label;

    IntakeSubject(String label) {
        this.label = label;
    }

    static IntakeSubject named(String label) {
        return Arrays.stream(values())
                .filter(each -> each.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--subjects: there is no \"%s\", only %s"
                        .formatted(
                                label,
                                Arrays.stream(values())
                                        .map(IntakeSubject::label)
                                        .collect(Collectors.joining(", ")))));
    }

    /** As in tables and JSON. */
    String label() {
        return label;
    }
}
