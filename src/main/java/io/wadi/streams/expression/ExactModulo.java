package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;
import net.thisptr.jackson.jq.internal.operators.ModuloOperator;

/** jq's {@code %} with exact results beyond 2^63: the library uses the lowest 64 bits of such a number. Thread-safe. */
final class ExactModulo implements BinaryOperator {
    private final BinaryOperator library = new ModuloOperator();

    @Override
    public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right) throws JsonQueryException {
        boolean isLarge = left.isBigInteger() || right.isBigInteger();
        if (!isLarge || !isFinite(left) || !isFinite(right)) {
            return library.apply(mapper, left, right);
        }
        BigInteger divisor = whole(right);
        if (divisor.signum() == 0) {
            return library.apply(mapper, left, right);
        }
        return ExactConversions.whole(whole(left).remainder(divisor));
    }

    private static boolean isFinite(JsonNode value) {
        return value.isIntegralNumber() || (value.isNumber() && Double.isFinite(value.doubleValue()));
    }

    /** Returns a number without its fraction, as jq does. */
    private static BigInteger whole(JsonNode number) {
        return number.isIntegralNumber()
                ? number.bigIntegerValue()
                : new BigDecimal(number.doubleValue()).toBigInteger();
    }

    @Override
    public String image() {
        return library.image();
    }
}
