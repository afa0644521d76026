package io.wadi.bench;

/** The subjects that accept events. */
enum IntakeSubject {
    WADI("wadi"),
    /** Wadi with a deduplicated topic. */
    DEDUPLICATED("deduplicated"),
    /** Wadi without its metrics; measured only on request. */
    UNOBSERVED("unobserved"),
    /** Vert.x and a producer by hand. */
    BARE("bare"),
    SPRING("spring"),
    /** A producer without clients. */
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

    /** The label in tables and JSON. */
    String label() {
        return label;
    }
}
