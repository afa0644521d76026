package io.wadi.metrics.prometheus;

import java.util.Map;

/**
 * One value of an exposition.
 *
 * @param name the sample's name, with its suffix if it has one ({@code _bucket}, {@code _total}, …)
 * @param labels sorted by name, without empty values, which the formats treat as absent
 * @param value may be NaN or infinite
 * @param timestampMs milliseconds since 1970; null if the exposition has none
 * @param line the line number, from 1
 */
record Sample(String name, Map<String, String> labels, double value, Long timestampMs, int line) {}
