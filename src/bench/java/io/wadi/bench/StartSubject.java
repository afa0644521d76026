package io.wadi.bench;

import java.util.Locale;

/** The subjects of {@code ./wadi bench start}, with or without a class data archive of their own. */
enum StartSubject {
    /** Wadi with all shipped routes. */
    WADI(true),
    WADI_COLD(false),
    /** Wadi with its ingest routes only. */
    INTAKE(true),
    INTAKE_COLD(false),
    /** Camel's own main with one route. */
    CAMEL(true),
    CAMEL_COLD(false),
    /** Spring Boot with a controller and a KafkaTemplate. */
    SPRING(true),
    SPRING_COLD(false);

    private final boolean hasArchive;

    StartSubject(boolean hasArchive) {
        this.hasArchive = hasArchive;
    }

    static StartSubject named(String label) {
        return Arguments.named("--subjects", label, values(), StartSubject::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean hasArchive() {
        return hasArchive;
    }

    /** Returns the name of the program, which is the same with and without an archive. */
    String program() {
        return label().replace("-cold", "");
    }

    /** Returns whether the subject also writes events to HDFS. */
    boolean isLanding() {
        return program().equals("wadi");
    }
}
