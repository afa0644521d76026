package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;

/**
 * jq's multiplication with a limit on the strings that it repeats, since a record of 40 bytes could otherwise use up
 * the heap, and on the fields of the objects that it merges, which it copies. Thread-safe.
 */
final class LimitedMultiplication implements BinaryOperator {
    private final BinaryOperator multiplication = ExactOperator.TIMES;

    @Override
    public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right) throws JsonQueryException {
        if (left.isTextual() && right.isNumber()) {
            EvaluationLimits.current().addRepetitions(left.textValue(), right.doubleValue());
        } else if (left.isNumber() && right.isTextual()) {
            EvaluationLimits.current().addRepetitions(right.textValue(), left.doubleValue());
        } else if (left.isObject() && right.isObject()) {
            addMerge(left, right);
        }
        return multiplication.apply(mapper, left, right);
    }

    /** Counts the fields that the merge of two objects copies, including those of objects in both. */
    private static void addMerge(JsonNode left, JsonNode right) {
        EvaluationLimits.current().addCopies(LimitedAddition.FIELD * ((long) left.size() + right.size()));
        for (Map.Entry<String, JsonNode> field : right.properties()) {
            JsonNode merged = left.get(field.getKey());
            if (merged != null && merged.isObject() && field.getValue().isObject()) {
                addMerge(merged, field.getValue());
            }
        }
    }

    @Override
    public String image() {
        return multiplication.image();
    }
}
