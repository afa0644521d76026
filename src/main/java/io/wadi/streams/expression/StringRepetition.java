package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;

/**
 * jq's multiplication with a limit on the strings that it repeats: a record of 40 bytes could otherwise use up the
 * heap. Thread-safe.
 */
final class StringRepetition implements BinaryOperator {
    private final BinaryOperator multiplication = ExactOperator.TIMES;

    @Override
    public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right) throws JsonQueryException {
        if (left.isTextual() && right.isNumber()) {
            EvaluationLimits.current().addRepetitions(left.textValue(), right.doubleValue());
        } else if (left.isNumber() && right.isTextual()) {
            EvaluationLimits.current().addRepetitions(right.textValue(), left.doubleValue());
        }
        return multiplication.apply(mapper, left, right);
    }

    @Override
    public String image() {
        return multiplication.image();
    }
}
