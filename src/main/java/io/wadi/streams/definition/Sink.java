package io.wadi.streams.definition;

import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.util.List;

/**
 * Where records go to.
 *
 * @param topics the topic, or those that a record may choose
 * @param chosen what chooses one of them; null where there is only one
 * @param value what the bytes of values are; null: those of a value that nothing has changed, else text
 */
public record Sink(List<String> topics, FlowExpression chosen, ValueType value) {}
