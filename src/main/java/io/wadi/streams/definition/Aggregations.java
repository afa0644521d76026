package io.wadi.streams.definition;

import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.Numbers;
import io.wadi.streams.expression.RefusedRecordException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is counted up of the records of a key, in a row of numbers: one record's share has the same form as the sum of all.
 *
 * @param each in their order
 * @param isNamed whether the result is an object with a field for each, or the only one's value itself
 */
public record Aggregations(List<Aggregation> each, boolean isNamed) {
    /** Before the first record. */
    public Number[] none() {
        return new Number[each.stream().mapToInt(Aggregation::width).sum()];
    }

    /** One record's share. */
    public Number[] share(EvaluatedRecord event) {
        Number[] row = none();
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
            return Numbers.of(value);
        } catch (IllegalArgumentException e) {
            throw new RefusedRecordException("%s %s".formatted(total.of(), e.getMessage()));
        }
    }

    /** Both together, in a row of their own. */
    public Number[] together(Number[] a, Number[] b) {
        Number[] sum = a.clone();
        int at = 0;
        for (Aggregation total : each) {
            total.add(sum, b, at);
            at += total.width();
        }
        return sum;
    }

    /** In words, by which what is kept of them is told from what is kept of others. */
    public String said() {
        return each.stream()
                .map(total -> total.kind().word() + (total.of() == null ? "" : " " + total.of()))
                .collect(Collectors.joining(", "));
    }

    /** What they come to. */
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
