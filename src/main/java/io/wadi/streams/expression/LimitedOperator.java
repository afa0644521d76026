package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;
import org.apache.camel.util.function.ThrowingBiConsumer;

/**
 * An operator of jq with a limit on what it copies: {@code reduce .[] as $each ([]; . + [$each])} copies the array for
 * each element, which takes minutes for a record of 1 MB, and the repetition of a string by a record of 40 bytes could
 * use up the heap. Thread-safe.
 */
record LimitedOperator(BinaryOperator operator, ThrowingBiConsumer<JsonNode, JsonNode, JsonQueryException> counter)
        implements BinaryOperator {
    static final BinaryOperator PLUS = new LimitedOperator(ExactOperator.PLUS, LimitedOperator::countSum);
    static final BinaryOperator TIMES = new LimitedOperator(ExactOperator.TIMES, LimitedOperator::countProduct);

    /** The number of elements of an array that are copied in the time of one field of an object. */
    static final int FIELD = 16;
    /** The number of characters of a text that are copied in the time of one element of an array. */
    private static final int CHARACTERS = 4;

    private static void countSum(JsonNode left, JsonNode right) {
        if (left.isTextual() && right.isTextual()) {
            long length = (long) left.textValue().length() + right.textValue().length();
            EvaluationLimits.current().addCopies(length / CHARACTERS);
        } else if (left.isArray() && right.isArray()) {
            EvaluationLimits.current().addCopies((long) left.size() + right.size());
        } else if (left.isObject() && right.isObject()) {
            countFields(left, right);
        }
    }

    private static void countFields(JsonNode left, JsonNode right) {
        EvaluationLimits.current().addCopies(FIELD * ((long) left.size() + right.size()));
    }

    private static void countProduct(JsonNode left, JsonNode right) throws JsonQueryException {
        if (left.isTextual() && right.isNumber()) {
            EvaluationLimits.current().addRepetitions(left.textValue(), right.doubleValue());
        } else if (left.isNumber() && right.isTextual()) {
            EvaluationLimits.current().addRepetitions(right.textValue(), left.doubleValue());
        } else if (left.isObject() && right.isObject()) {
            countMerge(left, right);
        }
    }

    /** Counts the fields that the merge of two objects copies, including those of objects in both. */
    private static void countMerge(JsonNode left, JsonNode right) {
        countFields(left, right);
        for (Map.Entry<String, JsonNode> field : right.properties()) {
            JsonNode merged = left.get(field.getKey());
            if (merged != null && merged.isObject() && field.getValue().isObject()) {
                countMerge(merged, field.getValue());
            }
        }
    }

    @Override
    public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right) throws JsonQueryException {
        counter.accept(left, right);
        return operator.apply(mapper, left, right);
    }

    @Override
    public String image() {
        return operator.image();
    }
}
