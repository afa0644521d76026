package io.wadi.extension.connectors.database;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The columns by which a table is read, such as {@code id}, or {@code updated_at, id}: what is written has to be greater by them than
 * what was written before.
 */
record OffsetColumns(List<String> columns) {
    /** Reads such a list. */
    static OffsetColumns of(String text) {
        List<String> columns =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (columns.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException(
                    "by is \"%s\", allowed are columns such as id, or updated_at,id".formatted(text));
        }
        return new OffsetColumns(columns);
    }

    private String names() {
        return String.join(",", Table.quoted(columns));
    }

    private String places() {
        return "(" + columns.stream().map(each -> "?").collect(Collectors.joining(",")) + ")";
    }

    /** The rows after a position, or all, to a bound, a number of them. Parameters: the position's, the bound's, the number. */
    String select(Table table, boolean isAfter) {
        return "SELECT %s FROM %s WHERE %s(%s) <= %s AND %s ORDER BY %s LIMIT ?"
                .formatted(
                        String.join(
                                ",", Table.quoted(List.copyOf(table.columns().keySet()))),
                        table.name(),
                        isAfter ? "(%s) > %s AND ".formatted(names(), places()) : "",
                        names(),
                        places(),
                        notNull(),
                        names());
    }

    /** A position with a null would compare with no row. */
    private String notNull() {
        return Table.quoted(columns).stream().map(each -> each + " IS NOT NULL").collect(Collectors.joining(" AND "));
    }

    /** The last row that is old enough. Parameter, where rows have to have an age: so many milliseconds. */
    String last(Table table, boolean isAged) {
        String aged =
                isAged ? "%s <= now() - ? * interval '1 millisecond' AND ".formatted(Table.quoted(columns.get(0))) : "";
        String descending =
                Table.quoted(columns).stream().map(each -> each + " DESC").collect(Collectors.joining(","));
        return "SELECT %s FROM %s WHERE %s%s ORDER BY %s LIMIT 1"
                .formatted(names(), table.name(), aged, notNull(), descending);
    }
}
