package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.misc.JsonNodeUtils;
import net.thisptr.jackson.jq.internal.misc.Preconditions;

/**
 * jq's {@code implode}, on which {@code ascii_downcase} and {@code ascii_upcase} are based, and {@code tonumber}. The
 * library's functions replace characters beyond U+FFFF, such as emoji, with others, and convert texts to doubles, so
 * that ids of 17 digits would change; they also accept texts such as {@code 12d} and {@code NaN}.
 */
final class ExactConversions {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+");
    /** The maximum length of a number that is exact: the largest double has 309 digits. */
    private static final int MAX_DIGITS = 309;

    private ExactConversions() {}

    static void addTo(Scope scope) {
        scope.addFunction("implode", 0, (inner, args, in, path, output, version) -> output.emit(implode(in), null));
        scope.addFunction("tonumber", 0, (inner, args, in, path, output, version) -> output.emit(number(in), null));
    }

    private static JsonNode implode(JsonNode in) throws JsonQueryException {
        Preconditions.checkInputType("implode", in, JsonNodeType.ARRAY);
        StringBuilder text = new StringBuilder(in.size());
        for (JsonNode each : in) {
            if (!each.canConvertToInt() || !Character.isValidCodePoint(each.intValue())) {
                throw new JsonQueryException("implode of %s, expected a code point".formatted(each));
            }
            text.appendCodePoint(each.intValue());
        }
        return TextNode.valueOf(text.toString());
    }

    private static JsonNode number(JsonNode in) throws JsonQueryException {
        if (in.isNumber()) {
            return in;
        }
        String text = in.isTextual() ? in.textValue().strip() : "";
        if (text.length() <= MAX_DIGITS && WHOLE.matcher(text).matches()) {
            return whole(new BigInteger(text));
        }
        double number = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        if (Double.isFinite(number)) {
            return JsonNodeUtils.asNumericNode(number);
        }
        throw new JsonQueryException("%s cannot be parsed as a number".formatted(in));
    }

    /** Returns a whole number as an int, a long, or if it does not fit into a long, as a big integer. */
    static JsonNode whole(BigInteger number) {
        return number.bitLength() < Long.SIZE
                ? JsonNodeUtils.asNumericNode(number.longValue())
                : BigIntegerNode.valueOf(number);
    }
}
