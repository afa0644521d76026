package io.wadi.bench;

import java.util.List;

/** The subjects that accept events. */
enum IntakeSubject {
    WADI("wadi"),
    /** Wadi with a deduplicated topic. */
    DEDUPLICATED("deduplicated"),
    /** Wadi without its metrics; measured only on request. */
    UNOBSERVED("unobserved"),
    /** Handwritten code with Vert.x and a producer, without Wadi's features. */
    BARE("bare"),
    /** The same code with the features. */
    CAREFUL("careful"),
    /** The same code without one of the features; measured only on request. */
    CAREFUL_WITHOUT_KEYS("careful-without-keys", "KEYS"),
    CAREFUL_WITHOUT_RATES("careful-without-rates", "RATES"),
    CAREFUL_WITHOUT_LIMITS("careful-without-limits", "LIMITS"),
    CAREFUL_WITHOUT_SCHEMA("careful-without-schema", "SCHEMA"),
    CAREFUL_WITHOUT_COUNTERS("careful-without-counters", "COUNTERS"),
    SPRING("spring"),
    /** A producer without clients. */
    PRODUCER("producer"),
    /** Another build of Wadi, for comparison. */
    OTHER("other");

    private static final List<String> FEATURES = List.of("KEYS", "RATES", "LIMITS", "SCHEMA", "COUNTERS");

    private final String label;
    private final String missing;

    IntakeSubject(String label) {
        this(label, "");
    }

    IntakeSubject(String label, String missing) {
        this.label = label;
        this.missing = missing;
    }

    static IntakeSubject named(String label) {
        return Arguments.named("--subjects", label, values(), IntakeSubject::label);
    }

    /** Returns the features of a handwritten subject, for a topic with or without a schema. */
    List<String> features(boolean schema) {
        return FEATURES.stream()
                .filter(each -> !each.equals(missing))
                .filter(each -> schema || !each.equals("SCHEMA"))
                .toList();
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return label;
    }
}
