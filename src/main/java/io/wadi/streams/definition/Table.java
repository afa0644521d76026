package io.wadi.streams.definition;

import io.wadi.streams.expression.ValueType;

/**
 * The latest value for each key of a topic.
 *
 * @param name the variable with its value in expressions
 * @param isGlobal whether each instance has all of it; else each has the partitions that it reads
 */
public record Table(String name, String topic, ValueType key, ValueType value, boolean isGlobal) {}
