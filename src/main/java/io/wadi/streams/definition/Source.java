package io.wadi.streams.definition;

import io.wadi.streams.expression.ValueType;

/** A topic that records are taken from, and what its bytes mean. */
public record Source(String topic, ValueType key, ValueType value) {}
