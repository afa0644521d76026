package io.wadi.streams;

/** A topic that records are taken from, and what its bytes mean. */
record Source(String topic, ValueType key, ValueType value) {}
