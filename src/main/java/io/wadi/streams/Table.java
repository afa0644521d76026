package io.wadi.streams;

/**
 * The last value of each key of a topic.
 *
 * @param name what formulas know its value by
 * @param isGlobal whether each process has all of it; else each has the partitions that it reads
 */
record Table(String name, String topic, ValueType key, ValueType value, boolean isGlobal) {}
