package io.wadi.extension.connectors.database;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.format.Decimals;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes rows to a table, as many in one statement as possible. */
final class Statements {
    private final Table table;
    private final OnConflict onConflict;

    /** The handling of a row with an existing key. */
    enum OnConflict {
        /** Overwrites the columns that the record has. */
        UPDATE,
        /** Keeps the existing row. */
        NOTHING
    }

    /** The maximum number of rows of a statement. */
    private record Shape(boolean isDelete, Set<String> columns) {}

    Statements(Table table, OnConflict onConflict) {
        this.table = table;
        this.onConflict = onConflict;
    }

    /**
     * Has the table as it is after these rows, one after another.
     *
     * @throws SQLException where the database refuses one of them, or is not there
     */
    void write(Connection connection, Collection<Row> rows) throws SQLException {
        Map<List<String>, Row> together = new LinkedHashMap<>();
        for (Row row : rows) {
            Row before = together.get(row.key());
            Optional<Row> both = before == null ? Optional.of(row) : both(before, row);
            if (both.isEmpty()) {
                execute(connection, together.values());
                together.clear();
            }
            together.put(row.key(), both.orElse(row));
        }
        execute(connection, together.values());
    }

    /** Of two rows of one key the first stays, where what is there does. */
    private Optional<Row> both(Row before, Row row) {
        boolean isFirst = onConflict == OnConflict.NOTHING && !before.isDelete() && !row.isDelete();
        return isFirst ? Optional.of(before) : before.then(row);
    }

    /** Each key is there once, so the order does not matter. */
    private void execute(Connection connection, Collection<Row> rows) throws SQLException {
        Map<Shape, List<Row>> byShape = rows.stream()
                .collect(Collectors.groupingBy(
                        row -> new Shape(row.isDelete(), row.values().keySet()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        for (Map.Entry<Shape, List<Row>> each : byShape.entrySet()) {
            List<String> columns = List.copyOf(each.getKey().columns());
            String sql = each.getKey().isDelete() ? delete(columns) : upsert(columns, withoutKey(columns));
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (Row row : each.getValue()) {
                    for (int i = 0; i < columns.size(); i++) {
                        String column = columns.get(i);
                        bind(
                                statement,
                                i + 1,
                                table.columns().get(column),
                                row.values().get(column),
                                column);
                    }
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }
    }

    /**
     * Fails if a statement like that of a row is rejected whatever its values are; executes nothing.
     *
     * @param isKeyOnly whether it has the key's columns instead of the row's
     */
    void explain(Connection connection, Row row, boolean isKeyOnly) throws SQLException {
        List<String> columns =
                isKeyOnly ? table.key() : List.copyOf(row.values().keySet());
        String sql = row.isDelete() ? delete(columns) : upsert(columns, isKeyOnly ? columns : withoutKey(columns));
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN " + sql)) {
            for (int i = 1; i <= columns.size(); i++) {
                statement.setNull(i, Types.NULL);
            }
            statement.execute();
        }
    }

    private Set<String> withoutKey(List<String> columns) {
        Set<String> others = new LinkedHashSet<>(columns);
        table.key().forEach(others::remove);
        return others;
    }

    private String upsert(List<String> columns, Collection<String> updated) {
        String then = updated.isEmpty() || onConflict == OnConflict.NOTHING
                ? "NOTHING"
                : "UPDATE SET "
                        + updated.stream()
                                .map(Table::quoted)
                                .map(column -> column + "=EXCLUDED." + column)
                                .collect(Collectors.joining(","));
        return "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO %s"
                .formatted(
                        table.name(),
                        String.join(",", Table.quoted(columns)),
                        "?,".repeat(columns.size() - 1) + "?",
                        String.join(",", Table.quoted(table.key())),
                        then);
    }

    private String delete(List<String> columns) {
        return "DELETE FROM %s WHERE %s=?".formatted(table.name(), String.join("=? AND ", Table.quoted(columns)));
    }

    private static void bind(PreparedStatement statement, int place, int type, JsonNode value, String column)
            throws SQLException {
        if (value.isNull()) {
            statement.setNull(place, Types.NULL);
        } else if (type == Types.BINARY) {
            statement.setBytes(place, bytes(value, column));
        } else {
            statement.setString(place, text(value));
        }
    }

    private static byte[] bytes(JsonNode value, String column) throws SQLException {
        try {
            byte[] decoded = value.binaryValue();
            if (decoded != null) {
                return decoded;
            }
        } catch (IOException e) {
            throw notBinary(column, e);
        }
        throw notBinary(column, null);
    }

    /** As the database itself says of a text that is none of a column's type. */
    private static SQLException notBinary(String column, Exception cause) {
        return new SQLException("the column " + column + " takes bytes, as Base64", SqlErrors.NO_SUCH_TEXT, cause);
    }

    /** As the database reads it. */
    static String text(JsonNode value) {
        if (value.isContainerNode()) {
            return value.toString();
        }
        return value.isBigDecimal() ? Decimals.plain(value.decimalValue()) : value.asText();
    }
}
