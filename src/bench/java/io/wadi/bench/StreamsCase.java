package io.wadi.bench;

import java.util.List;
import java.util.Locale;

/** The cases of {@code ./wadi bench streams}. */
enum StreamsCase {
    /** Takes out red events, and makes the others smaller ones: nothing is kept. */
    FILTER("filter"),
    /** Counts by user and ten minutes; records change partitions on the way. */
    COUNT("count"),
    /** A count by key is started again. */
    RESTART("total");

    private final String flow;

    StreamsCase(String flow) {
        this.flow = flow;
    }

    static StreamsCase named(String label) {
        return Arguments.named("--cases", label, values(), StreamsCase::label);
    }

    /** The label in tables and JSON. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The topology, by the name that subjects know. */
    String flow() {
        return flow;
    }

    /** The reported figures. */
    List<Figure<StreamsRound>> figures() {
        return this == RESTART ? StreamsRound.RESTARTED : StreamsRound.WORKED;
    }

    /** Whether state has a place in it, which may be another one. */
    boolean hasState() {
        return this != FILTER;
    }
}
