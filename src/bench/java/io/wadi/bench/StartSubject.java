package io.wadi.bench;

import java.util.Locale;

/** The subjects of {@code ./wadi bench start}, with or without a class data archive of their own. */
enum StartSubject {
    /** The shipped routes, all of them. */
    WADI(true),
    WADI_COLD(false),
    /** Those of Wadi's routes that take events. */
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

    /** The label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean hasArchive() {
        return hasArchive;
    }

    /** What an archive is of: the same whether it is used or not. */
    String program() {
        return label().replace("-cold", "");
    }

    /** Writes events to HDFS, too. */
    boolean isLanding() {
        return program().equals("wadi");
    }
}
