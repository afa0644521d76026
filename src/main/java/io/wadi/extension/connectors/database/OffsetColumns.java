package io.wadi.extension.connectors.database;

import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The columns that order the rows of a source, such as {@code id}, or {@code updated_at, id}. They identify a row, and
 * a row that is written later must be greater by these columns. Their values in the last row read are the source
 * offset.
 */
record OffsetColumns(List<String> columns) {
    /** The maximum size of the rows of one poll in bytes; the last row may exceed it. */
    private static final int MAX_BYTES = 4 << 20;
    /** The assumed size of a value in bytes, without its text. */
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

    /** Parses the value of the option {@code by}. */
    static OffsetColumns of(String text) {
        return new OffsetColumns(columns("by", text));
    }

    /** Parses a list of columns that are separated by commas. */
    static List<String> columns(String option, String text) {
        List<String> columns =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (columns.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException(
                    "%s is \"%s\", expected columns such as id, or updated_at,id".formatted(option, text));
        }
        return columns;
    }

    private String names() {
        return String.join(",", Table.quoted(columns));
    }

    private String places() {
        return "(" + columns.stream().map(each -> "?").collect(Collectors.joining(",")) + ")";
    }

    /**
     * Returns the query for the rows up to a bound, and after an offset if {@code isAfter}. It limits the number of
     * rows, and their size to {@link #MAX_BYTES}, because the driver keeps the complete result on the heap. Its
     * parameters are the values of the offset, those of the bound, and the maximum number of rows.
     */
    String select(Table table, boolean isAfter) {
        return """
                SELECT %1$s FROM (
                  SELECT %1$s,
                    sum(%2$s) OVER (ORDER BY %3$s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "bytes before"
                  FROM (
                    SELECT %1$s FROM %4$s WHERE %5$s(%3$s) <= %6$s AND %7$s ORDER BY %3$s LIMIT ?) AS found) AS counted
                WHERE "bytes before" IS NULL OR "bytes before" < %8$s ORDER BY %3$s""".formatted(
                String.join(",", Table.quoted(List.copyOf(table.columns().keySet()))),
                bytes(table),
                names(),
                table.name(),
                isAfter ? "(%s) > %s AND ".formatted(names(), places()) : "",
                places(),
                notNull(),
                MAX_BYTES);
    }

    /**
     * Returns the expression for the size of a row. PostgreSQL has the length of a text or bytea without reading it.
     */
    private static String bytes(Table table) {
        return "%s::bigint".formatted(BYTES_PER_VALUE * table.columns().size())
                + table.columns().entrySet().stream()
                        .filter(column -> !SHORT_TYPES.contains(column.getValue()))
                        .map(OffsetColumns::bytes)
                        .collect(Collectors.joining());
    }

    private static String bytes(Map.Entry<String, Integer> column) {
        return " + coalesce(octet_length(%s%s), 0)"
                .formatted(Table.quoted(column.getKey()), column.getValue() == Types.BINARY ? "" : "::text");
    }

    /** Returns the condition that no column is null: rows with a null cannot be compared with an offset. */
    private String notNull() {
        return Table.quoted(columns).stream().map(each -> each + " IS NOT NULL").collect(Collectors.joining(" AND "));
    }

    /**
     * Returns the query for the last row. If {@code isAged}, the row must have a minimum age, and the parameter of the
     * query is this age in milliseconds.
     */
    String last(Table table, boolean isAged) {
        String aged =
                isAged ? "%s <= now() - ? * interval '1 millisecond' AND ".formatted(Table.quoted(columns.get(0))) : "";
        String descending =
                Table.quoted(columns).stream().map(each -> each + " DESC").collect(Collectors.joining(","));
        return "SELECT %s FROM %s WHERE %s%s ORDER BY %s LIMIT 1"
                .formatted(names(), table.name(), aged, notNull(), descending);
    }
}
