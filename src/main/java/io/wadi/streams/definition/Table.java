package io.wadi.streams.definition;

import io.wadi.streams.expression.ValueType;

/**
 * The last value of each key of a topic.
 *
 * @param name what formulas know its value by
 * @param isGlobal whether each process has all of it; else each has the partitions that it reads
 */
public record Table(String name, String topic, ValueType key, ValueType value, boolean isGlobal) {}
