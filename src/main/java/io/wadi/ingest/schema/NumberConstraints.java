package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.format.Decimals;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Constraints on numbers: limits and divisors, which are compared exactly.
 *
 * @param min the lower limit; null if there is none
 * @param max the upper limit; null if there is none
 * @param divisors the numbers by which a value must be divisible
 */
record NumberConstraints(Limit min, Limit max, List<BigDecimal> divisors) {
    static final NumberConstraints ANY = new NumberConstraints(null, null, List.of());

    /** The side that a lower limit excludes. */
    static final int BELOW = -1;

    /** The side that an upper limit excludes. */
    static final int ABOVE = 1;

    static final String LARGE_EXPONENT =
            "found a number with an exponent beyond ±%d, which cannot be checked".formatted(Decimals.MAX_DIGITS);

    /**
     * A limit.
     *
     * @param value the number
     * @param exclusive whether the limit excludes the number itself
     * @param rounded the nearest double, for fast comparison
     */
    record Limit(BigDecimal value, boolean exclusive, double rounded) {
        static Limit of(JsonNode number, boolean exclusive) {
            BigDecimal value = number.decimalValue();
            return new Limit(value, exclusive, value.doubleValue());
        }

        /**
         * Returns whether this limit excludes a number.
         *
         * @param comparison the sign of the number minus this limit
         * @param side the excluded side: {@link NumberConstraints#BELOW} or {@link NumberConstraints#ABOVE}
         */
        private boolean excludes(int comparison, int side) {
            return comparison == 0 ? exclusive : comparison > 0 == side > 0;
        }

        /** Returns the allowed numbers as text: "at least 1", "less than 5". */
        String allowed(int side) {
            String word =
                    side == BELOW ? (exclusive ? "more than " : "at least ") : exclusive ? "less than " : "at most ";
            return word + value;
        }

        /** Returns whether this limit excludes numbers that another one of the same side allows; null allows all. */
        boolean isNarrowerThan(Limit other, int side) {
            int comparison = other == null ? -side : value.compareTo(other.value);
            return comparison == 0 ? exclusive && !other.exclusive : comparison > 0 != side > 0;
        }
    }

    /** Returns the constraints of all these schemas; null if there are none. */
    static NumberConstraints of(Collection<JsonNode> schemas) {
        Limit min = null;
        Limit max = null;
        List<BigDecimal> divisors = new ArrayList<>();
        for (JsonNode schema : schemas) {
            min = narrower(min, schema, "minimum", false, BELOW);
            min = narrower(min, schema, "exclusiveMinimum", true, BELOW);
            max = narrower(max, schema, "maximum", false, ABOVE);
            max = narrower(max, schema, "exclusiveMaximum", true, ABOVE);
            if (schema.has("multipleOf")) {
                divisors.add(schema.get("multipleOf").decimalValue());
            }
        }
        return min == null && max == null && divisors.isEmpty()
                ? null
                : new NumberConstraints(min, max, List.copyOf(divisors));
    }

    private static Limit narrower(Limit known, JsonNode schema, String keyword, boolean exclusive, int side) {
        if (!schema.has(keyword)) {
            return known;
        }
        Limit limit = Limit.of(schema.get(keyword), exclusive);
        return limit.isNarrowerThan(known, side) ? limit : known;
    }

    /** Returns the violation by the number at the parser's current token; null if it is valid. */
    String violation(JsonParser parser) throws IOException {
        if (min != null && isOutside(parser, min, BELOW)) {
            return "found a smaller number, expected " + min.allowed(BELOW);
        }
        if (max != null && isOutside(parser, max, ABOVE)) {
            return "found a larger number, expected " + max.allowed(ABOVE);
        }
        return divisors.isEmpty() ? null : indivisible(parser.getDecimalValue());
    }

    /**
     * Returns whether a limit excludes a number. Rounding preserves the order, so that different doubles are
     * sufficient; equal ones require an exact comparison.
     */
    private static boolean isOutside(JsonParser parser, Limit limit, int side) throws IOException {
        double number = parser.getDoubleValue();
        if (number == limit.rounded()) {
            return limit.excludes(parser.getDecimalValue().compareTo(limit.value()), side);
        }
        return limit.excludes(number > limit.rounded() ? 1 : -1, side);
    }

    private String indivisible(BigDecimal number) {
        if (Decimals.isLarge(number)) {
            return LARGE_EXPONENT;
        }
        for (BigDecimal divisor : divisors) {
            if (!Decimals.isMultiple(number, divisor)) {
                return "found a number that is not a multiple of " + divisor;
            }
        }
        return null;
    }
}
