package io.wadi.ingest.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Collection;

/**
 * The limits of a count, such as {@code minItems} and {@code maxItems}.
 *
 * @param min the minimum
 * @param max the maximum; {@link #NO_MAX} for no limit
 */
record CountLimits(int min, int max) {
    /** A maximum that no received value exceeds. */
    private static final int NO_MAX = Integer.MAX_VALUE;

    static final CountLimits NONE = new CountLimits(0, NO_MAX);

    private static final BigDecimal MOST = BigDecimal.valueOf(NO_MAX);

    /** Returns the combined limits of all these schemas. */
    static CountLimits of(Collection<JsonNode> schemas, String min, String max) {
        int fewest = 0;
        int most = NO_MAX;
        for (JsonNode schema : schemas) {
            fewest = schema.has(min) ? Math.max(fewest, count(schema.get(min))) : fewest;
            most = schema.has(max) ? Math.min(most, count(schema.get(max))) : most;
        }
        return new CountLimits(fewest, most);
    }

    private static int count(JsonNode limit) {
        return limit.decimalValue().min(MOST).intValue();
    }

    /** Returns the violation by a count; null if the count is within the limits. */
    String violation(int found, String what) {
        return found < min || found > max ? "found %d %s, expected %s".formatted(found, what, this) : null;
    }

    /** Returns the limits as text: "any number", "at least 1", "at most 5", "from 1 to 5". */
    @Override
    public String toString() {
        if (max == NO_MAX) {
            return min == 0 ? "any number" : "at least " + min;
        }
        return min == 0 ? "at most " + max : "from %d to %d".formatted(min, max);
    }
}
