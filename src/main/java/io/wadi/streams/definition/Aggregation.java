package io.wadi.streams.definition;

import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.Numbers;
import java.util.Locale;

/**
 * One aggregation of numbers.
 *
 * @param field its name in the result
 * @param kind the function
 * @param of the aggregated value of each record; null for a count of records
 */
public record Aggregation(String field, Kind kind, FlowExpression of) {
    public enum Kind {
        COUNT,
        SUM,
        MIN,
        MAX,
        AVG;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns whether the result is based on a sum, which would stay infinite after one infinite number. */
        boolean isSum() {
            return this == SUM || this == AVG;
        }

        private Number combine(Number a, Number b) {
            if (a == null || b == null) {
                return a == null ? b : a;
            }
            return switch (this) {
                case COUNT, SUM, AVG -> Numbers.sum(a, b);
                case MIN -> Numbers.compare(a, b) <= 0 ? a : b;
                case MAX -> Numbers.compare(a, b) >= 0 ? a : b;
            };
        }
    }

    /** Returns the number of columns in a row. */
    int width() {
        return kind == Kind.AVG ? 2 : 1;
    }

    /** Sets one record's contribution in a row, starting at a column. */
    void put(Number[] row, int at, Number number) {
        row[at] = kind == Kind.COUNT ? (Number) 1L : number;
        if (kind == Kind.AVG) {
            row[at + 1] = 1L;
        }
    }

    /** Adds the contribution of another row. */
    void add(Number[] to, Number[] from, int at) {
        to[at] = kind.combine(to[at], from[at]);
        if (kind == Kind.AVG) {
            to[at + 1] = Kind.COUNT.combine(to[at + 1], from[at + 1]);
        }
    }

    Object result(Number[] row, int at) {
        return kind == Kind.AVG ? (Object) (row[at].doubleValue() / row[at + 1].doubleValue()) : row[at];
    }
}
