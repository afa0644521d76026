package io.wadi.streams.definition;

import java.util.List;

/** A flow of records from a topic through steps to another; {@code to} is null if the last step branches. */
public record Flow(String name, Source from, List<Step> steps, Sink to) {
    /** The name of the flow in a file with a single one. */
    public static final String ONLY = "main";
}
