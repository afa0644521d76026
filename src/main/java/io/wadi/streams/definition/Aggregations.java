package io.wadi.streams.definition;

import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.Numbers;
import io.wadi.streams.expression.RejectedRecordException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The aggregations of one step. They are kept as a row of numbers; a single record's contribution has the same layout
 * as the total.
 *
 * @param each the aggregations, in order
 * @param isNamed whether the result is an object with a field for each, or the value of the only one
 */
public record Aggregations(List<Aggregation> each, boolean isNamed) {
    public Number[] initial() {
        return new Number[each.stream().mapToInt(Aggregation::width).sum()];
    }

    public Number[] contribution(EvaluatedRecord event) {
        Number[] row = initial();
        int at = 0;
        for (Aggregation total : each) {
            total.put(row, at, total.of() == null ? null : number(total, event));
            at += total.width();
        }
        return row;
    }

    private static Number number(Aggregation total, EvaluatedRecord event) {
        Object value = event.valueOf(total.of());
        try {
            Number number = Numbers.of(value);
            return total.kind().isSum() ? Numbers.summand(number) : number;
        } catch (IllegalArgumentException e) {
            throw new RejectedRecordException("%s %s".formatted(total.of(), e.getMessage()));
        }
    }

    /** Returns the combination of two rows as a new one. */
    public Number[] combine(Number[] a, Number[] b) {
        Number[] sum = a.clone();
        int at = 0;
        for (Aggregation total : each) {
            total.add(sum, b, at);
            at += total.width();
        }
        return sum;
    }

    /** Returns a description that identifies compatible state. */
    public String description() {
        return each.stream()
                .map(total -> total.kind().word() + (total.of() == null ? "" : " " + total.of()))
                .collect(Collectors.joining(", "));
    }

    public Object result(Number[] row) {
        if (!isNamed) {
            return each.get(0).result(row, 0);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        int at = 0;
        for (Aggregation total : each) {
            result.put(total.field(), total.result(row, at));
            at += total.width();
        }
        return result;
    }
}
