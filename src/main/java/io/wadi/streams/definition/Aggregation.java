package io.wadi.streams.definition;

import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.Numbers;
import java.util.Locale;

/**
 * One thing that is counted up.
 *
 * @param field what it is called in the result
 * @param kind how
 * @param of what of each record; null where records themselves are counted
 */
public record Aggregation(String field, Kind kind, FlowExpression of) {
    /** How numbers are brought together. */
    public enum Kind {
        /** How many records there were. */
        COUNT,
        /** Of numbers. */
        SUM,
        /** The smallest number. */
        MIN,
        /** The largest number. */
        MAX,
        /** The sum by the count. */
        AVG;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private Number together(Number a, Number b) {
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

    /** How many numbers are kept of it. */
    int width() {
        return kind == Kind.AVG ? 2 : 1;
    }

    /** Puts one record's share into a row, from this place on. */
    void put(Number[] row, int at, Number number) {
        row[at] = kind == Kind.COUNT ? (Number) 1L : number;
        if (kind == Kind.AVG) {
            row[at + 1] = 1L;
        }
    }

    /** Adds what stands in another row. */
    void add(Number[] to, Number[] from, int at) {
        to[at] = kind.together(to[at], from[at]);
        if (kind == Kind.AVG) {
            to[at + 1] = Kind.COUNT.together(to[at + 1], from[at + 1]);
        }
    }

    /** What it comes to. */
    Object result(Number[] row, int at) {
        return kind == Kind.AVG ? (Object) (row[at].doubleValue() / row[at + 1].doubleValue()) : row[at];
    }
}
