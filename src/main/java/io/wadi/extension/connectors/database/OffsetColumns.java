package io.wadi.extension.connectors.database;

import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The columns by which a table is read, such as {@code id}, or {@code updated_at, id}: what is written has to be greater by them than
 * what was written before.
 */
record OffsetColumns(List<String> columns) {
    /** Bytes of the rows of one poll; the last of them may exceed it. */
    private static final int MAX_BYTES = 4 << 20;
    /** Bytes of a value besides its text. */
    private static final int BYTES_PER_VALUE = 64;

    private static final Set<Integer> SHORT_TYPES = Set.of(
            Types.SMALLINT,
            Types.INTEGER,
            Types.BIGINT,
            Types.REAL,
            Types.DOUBLE,
            Types.DATE,
            Types.TIMESTAMP,
            Types.TIMESTAMP_WITH_TIMEZONE);

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

    /**
     * The rows after a position, or all, to a bound: at most a number of them, and {@link #MAX_BYTES}, because the
     * driver has all of a result on the heap. Parameters: the position's, the bound's, the number.
     */
    String select(Table table, boolean isAfter) {
        return """
                SELECT %1$s FROM (
                  SELECT %1$s,
                    sum(%2$s) OVER (ORDER BY %3$s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "bytes before"
                  FROM (
                    SELECT %1$s FROM %4$s WHERE %5$s(%3$s) <= %6$s AND %7$s ORDER BY %3$s LIMIT ?) AS found) AS counted
                WHERE "bytes before" IS NULL OR "bytes before" < %8$d ORDER BY %3$s""".formatted(
                String.join(",", Table.quoted(List.copyOf(table.columns().keySet()))),
                bytes(table),
                names(),
                table.name(),
                isAfter ? "(%s) > %s AND ".formatted(names(), places()) : "",
                places(),
                notNull(),
                MAX_BYTES);
    }

    /** PostgreSQL has the length of a text or bytea without reading it. */
    private static String bytes(Table table) {
        return "%d::bigint".formatted(BYTES_PER_VALUE * table.columns().size())
                + table.columns().entrySet().stream()
                        .filter(column -> !SHORT_TYPES.contains(column.getValue()))
                        .map(OffsetColumns::bytes)
                        .collect(Collectors.joining());
    }

    private static String bytes(Map.Entry<String, Integer> column) {
        return " + coalesce(octet_length(%s%s), 0)"
                .formatted(Table.quoted(column.getKey()), column.getValue() == Types.BINARY ? "" : "::text");
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
