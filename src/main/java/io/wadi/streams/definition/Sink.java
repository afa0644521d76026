package io.wadi.streams.definition;

import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.util.List;

/**
 * The destination of records.
 *
 * @param topics the topic, or those that an expression may choose from
 * @param chosen the expression that chooses one of several; null for a single topic
 * @param value the type of values; null to write the original bytes of an unchanged value, and text otherwise
 * @param line the line in the file
 */
public record Sink(List<String> topics, FlowExpression chosen, ValueType value, int line) {}
