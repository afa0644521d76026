package io.wadi.streams.definition;

import io.wadi.streams.expression.ValueType;

/** An input topic with the types of its keys and values. */
public record Source(String topic, ValueType key, ValueType value) {}
