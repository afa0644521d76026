package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;

/**
 * jq's addition with a limit on the elements that it copies: {@code reduce .[] as $each ([]; . + [$each])} copies the
 * array for each element, which takes minutes for a record of 1 MB. Thread-safe.
 */
final class LimitedAddition implements BinaryOperator {
    /** The number of characters of a text that are copied in the time of one element of an array. */
    private static final int CHARACTERS = 4;
    /** The number of elements of an array that are copied in the time of one field of an object. */
    static final int FIELD = 16;

    private final BinaryOperator addition = ExactOperator.PLUS;

    @Override
    public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right) throws JsonQueryException {
        if (left.isTextual() && right.isTextual()) {
            long length = (long) left.textValue().length() + right.textValue().length();
            EvaluationLimits.current().addCopies(length / CHARACTERS);
        } else if (left.isArray() && right.isArray()) {
            EvaluationLimits.current().addCopies((long) left.size() + right.size());
        } else if (left.isObject() && right.isObject()) {
            EvaluationLimits.current().addCopies(FIELD * ((long) left.size() + right.size()));
        }
        return addition.apply(mapper, left, right);
    }

    @Override
    public String image() {
        return addition.image();
    }
}
