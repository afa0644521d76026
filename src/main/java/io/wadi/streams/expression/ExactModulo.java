package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
        if (!isLarge || !left.isIntegralNumber() || !right.isIntegralNumber()) {
            return library.apply(mapper, left, right);
        }
        BigInteger divisor = right.bigIntegerValue();
        if (divisor.signum() == 0) {
            return library.apply(mapper, left, right);
        }
        return ExactConversions.whole(left.bigIntegerValue().remainder(divisor));
    }

    @Override
    public String image() {
        return library.image();
    }
}
