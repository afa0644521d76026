package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.math.BigInteger;
import java.util.function.LongBinaryOperator;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.misc.JsonNodeUtils;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;
import net.thisptr.jackson.jq.internal.operators.MinusOperator;
import net.thisptr.jackson.jq.internal.operators.MultiplyOperator;
import net.thisptr.jackson.jq.internal.operators.PlusOperator;

/**
 * An operator of jq with exact results for whole numbers: the library's operators overflow at 2^63, so that a product
 * of two positive numbers could be negative. Beyond the range of doubles, the result is infinite. Thread-safe.
 */
record ExactOperator(
        BinaryOperator library, LongBinaryOperator exact, java.util.function.BinaryOperator<BigInteger> large)
        implements BinaryOperator {
    static final BinaryOperator PLUS = new ExactOperator(new PlusOperator(), Math::addExact, BigInteger::add);
    static final BinaryOperator MINUS =
            new ExactOperator(new MinusOperator(), Math::subtractExact, BigInteger::subtract);
    static final BinaryOperator TIMES =
            new ExactOperator(new MultiplyOperator(), Math::multiplyExact, BigInteger::multiply);

    @Override
    public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right) throws JsonQueryException {
        if (!left.isIntegralNumber() || !right.isIntegralNumber()) {
            return library.apply(mapper, left, right);
        }
        if (left.canConvertToLong() && right.canConvertToLong()) {
            try {
                return JsonNodeUtils.asNumericNode(exact.applyAsLong(left.longValue(), right.longValue()));
            } catch (ArithmeticException e) {
                // The result does not fit into a long.
            }
        }
        BigInteger result = large.apply(left.bigIntegerValue(), right.bigIntegerValue());
        return Double.isFinite(result.doubleValue())
                ? ExactConversions.whole(result)
                : DoubleNode.valueOf(result.doubleValue());
    }

    @Override
    public String image() {
        return library.image();
    }
}
