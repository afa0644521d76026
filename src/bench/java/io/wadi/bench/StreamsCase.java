package io.wadi.bench;

import java.util.List;
import java.util.Locale;

/** The cases of {@code ./wadi bench streams}. */
enum StreamsCase {
    /** Removes red events and shortens the others, without state. */
    FILTER("filter"),
    /** Counts by user and ten minutes, with a repartition topic. */
    COUNT("count"),
    /** Restarts a count by key. */
    RESTART("total");

    private final String flow;

    StreamsCase(String flow) {
        this.flow = flow;
    }

    static StreamsCase named(String label) {
        return Arguments.named("--cases", label, values(), StreamsCase::label);
    }

    /** Returns the label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name of the topology. */
    String flow() {
        return flow;
    }

    /** Returns the reported figures. */
    List<Figure<StreamsRound>> figures() {
        return this == RESTART ? StreamsRound.RESTARTED : StreamsRound.WORKED;
    }

    /** Returns whether the topology has state, which can be in different stores. */
    boolean hasState() {
        return this != FILTER;
    }
}
