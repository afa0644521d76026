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
 * Constraints on numbers: limits and divisors, compared exactly.
 *
 * @param min the lower limit; null for none
 * @param max the upper limit; null for none
 * @param divisors what a number must be a multiple of
 */
record NumberConstraints(Limit min, Limit max, List<BigDecimal> divisors) {
    /** No constraint. */
    static final NumberConstraints ANY = new NumberConstraints(null, null, List.of());

    /** The side of a lower limit that is outside. */
    static final int BELOW = -1;

    /** The side of an upper limit that is outside. */
    static final int ABOVE = 1;

    static final String LARGE_EXPONENT =
            "found a number with an exponent beyond ±%d, which cannot be checked".formatted(Decimals.MAX_DIGITS);

    /**
     * A limit.
     *
     * @param value the number
     * @param exclusive whether the number itself is outside
     * @param rounded the double next to it, for a quick answer
     */
    record Limit(BigDecimal value, boolean exclusive, double rounded) {
        static Limit of(JsonNode number, boolean exclusive) {
            BigDecimal value = number.decimalValue();
            return new Limit(value, exclusive, value.doubleValue());
        }

        /** Whether a number that compares to this one as given is outside, where outside is the side of this sign. */
        private boolean excludes(int comparison, int side) {
            return comparison == 0 ? exclusive : comparison > 0 == side > 0;
        }

        /** What it allows: "at least 1", "less than 5". */
        String allowed(int side) {
            String word =
                    side == BELOW ? (exclusive ? "more than " : "at least ") : exclusive ? "less than " : "at most ";
            return word + value;
        }

        /** Whether this limit leaves out what the other takes, where outside is the side of this sign. */
        boolean isNarrowerThan(Limit other, int side) {
            int comparison = other == null ? -side : value.compareTo(other.value);
            return comparison == 0 ? exclusive && !other.exclusive : comparison > 0 != side > 0;
        }
    }

    /** Returns the constraints of all these schemas; null for none. */
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

    /** What is wrong with the number the parser stands at; null where nothing is. */
    String violation(JsonParser parser) throws IOException {
        if (min != null && isOutside(parser, min, BELOW)) {
            return "found a smaller number, expected " + min.allowed(BELOW);
        }
        if (max != null && isOutside(parser, max, ABOVE)) {
            return "found a larger number, expected " + max.allowed(ABOVE);
        }
        return divisors.isEmpty() ? null : indivisible(parser.getDecimalValue());
    }

    /** Rounding keeps the order, so that doubles which differ say which number is larger; equal ones say nothing. */
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
            if (number.remainder(divisor).signum() != 0) {
                return "found a number that is not a multiple of " + divisor;
            }
        }
        return null;
    }
}
