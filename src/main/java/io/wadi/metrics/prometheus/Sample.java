package io.wadi.metrics.prometheus;

import java.util.Map;

/**
 * One value of an exposition.
 *
 * @param name the sample's name, with its suffix where it has one ({@code _bucket}, {@code _total}, …)
 * @param labels in the order of their names; those without a value are not there, which the formats take as the same
 * @param value may be NaN or infinite
 * @param timestampMs when it was measured, milliseconds since 1970; null where the exposition does not say
 * @param line where it stands, from 1
 */
record Sample(String name, Map<String, String> labels, double value, Long timestampMs, int line) {}
