package io.wadi.streams.definition;

import io.wadi.streams.expression.ValueType;

/**
 * A table: the latest value of each key of a topic.
 *
 * @param name the name of the table, and of the variable with its value in expressions
 * @param isGlobal whether each instance has the whole table, or only the partitions that it reads
 * @param line the line in the file
 */
public record Table(String name, String topic, ValueType key, ValueType value, boolean isGlobal, int line) {}
