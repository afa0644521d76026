package io.wadi.bench;

import java.util.List;

/** The cases of the intake benchmark: requests, connections and rate. */
enum IntakeCase {
    SINGLE_64("single-64", "single events, 64 connections", 64, 1, 0, true),
    SINGLE_400("single-400", "single events, 400 connections", 400, 1, 0, true),
    NDJSON_100("ndjson-100", "NDJSON of 100 events, 16 connections", 16, 100, 0, false),
    NDJSON_1000("ndjson-1000", "NDJSON of 1,000 events, 16 connections", 16, 1_000, 0, false),
    NDJSON_SCHEMA(
            "ndjson-schema", "NDJSON of 1,000 events, 16 connections, Wadi's with a JSON Schema", 16, 1_000, 0, true),
    HALF("half", "single events, half of the capacity at 400 connections", 1_500, 1, 0.5, true),
    OVERLOAD("overload", "single events, twice the capacity at 400 connections", 1_500, 1, 2, true),
    OVERLOAD_100("overload-100", "NDJSON of 100 events, twice the capacity at 400 connections", 1_500, 100, 2, true),
    NDJSON_IDS("ndjson-ids", "NDJSON of 100 events with new ids, 64 connections", 64, 100, 0, false),
    IDS_5000("ids-5000", "single events with new ids, 5,000 a second", 400, 1, 0, false);

    /** Requests per second of {@link #IDS_5000}. */
    private static final double RATE = 5_000;

    private final String label;
    private final String title;
    private final int connections;
    private final int events;
    private final double load;
    private final boolean schema;

    IntakeCase(String label, String title, int connections, int events, double load, boolean schema) {
        this.label = label;
        this.title = title;
        this.connections = connections;
        this.events = events;
        this.load = load;
        this.schema = schema;
    }

    static IntakeCase named(String label) {
        return Arguments.named("--cases", label, values(), IntakeCase::label);
    }

    /** Returns the name in --cases and in topics. */
    String label() {
        return label;
    }

    /** Returns the label in tables and JSON. */
    String title() {
        return title;
    }

    /** Returns the number of connections. */
    int connections() {
        return connections;
    }

    /** Returns the number of events in a request. */
    int events() {
        return events;
    }

    /** Returns the requests per second of an open load, for a subject with this capacity. */
    double rate(double capacity) {
        return this == IDS_5000 ? RATE : capacity * load;
    }

    /** Returns whether each event has a new id, by which Wadi can deduplicate a topic. */
    boolean hasIds() {
        return this == NDJSON_IDS || this == IDS_5000;
    }

    /** Returns whether Wadi's topic has a JSON Schema; its peers have none. */
    boolean hasSchema() {
        return schema;
    }

    /** Returns whether the load is open: requests are sent regardless of earlier responses. */
    boolean isOpenLoop() {
        return load > 0 || this == IDS_5000;
    }

    /**
     * Returns the subjects that can be measured in this case. A producer without clients only fills a topic, with
     * events without ids.
     */
    List<IntakeSubject> of(List<IntakeSubject> subjects) {
        return subjects.stream()
                .filter(each -> each != IntakeSubject.PRODUCER || (events > 1 && !hasIds()))
                .filter(each -> each != IntakeSubject.DEDUPLICATED || hasIds())
                .toList();
    }
}
