package io.wadi.bench;

/** Who takes events. */
enum IntakeSubject {
    WADI("wadi"),
    /** Wadi without its metrics; not measured unless it is asked for. */
    UNOBSERVED("unobserved"),
    /** Vert.x and a producer by hand. */
    BARE("bare"),
    SPRING("spring"),
    /** A producer that nobody sends anything to. */
    PRODUCER("producer"),
    /** Another build of Wadi, to compare two. */
    OTHER("other");

    private final String label;

    IntakeSubject(String label) {
        this.label = label;
    }

    static IntakeSubject named(String label) {
        return Arguments.named("--subjects", label, values(), IntakeSubject::label);
    }

    /** As in tables and JSON. */
    String label() {
        return label;
    }
}
