package io.wadi.streams;

import java.util.List;

/** Records from a topic through steps to another; null for {@code to} where the last step branches. */
record Flow(String name, Source from, List<Step> steps, Target to) {}
