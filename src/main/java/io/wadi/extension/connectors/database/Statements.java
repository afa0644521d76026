package io.wadi.extension.connectors.database;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.format.Decimals;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes rows to a table, with as many rows per statement as possible. */
record Statements(Table table, OnConflict onConflict) {
    /** The handling of a row with an existing key. */
    enum OnConflict {
        /** Overwrites the columns that the record has. */
        UPDATE,
        /** Keeps the existing row. */
        NOTHING
    }

    /** The texts of integers and UUIDs that are equal only if their values are. */
    private static final Pattern UNIQUE_TEXT =
            Pattern.compile("0|-?[1-9]\\d*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private static final Pattern SIGNED_YEAR = Pattern.compile("([+-]\\d{4,9}|0000)(-\\d\\d-\\d\\d.*)");
    private static final Set<Integer> TIMES = Set.of(Types.DATE, Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE);

    /** The form of a statement: rows of the same form are written in one batch. */
    private record Shape(boolean isDelete, Set<String> columns) {
        static Shape of(Row row) {
            return new Shape(row.isDelete(), row.values().keySet());
        }
    }

    /**
     * Writes rows with the same effect as if they were written one by one, in this order.
     *
     * @throws SQLException if the database rejects a row or is unavailable
     */
    void write(Connection connection, Collection<Row> rows) throws SQLException {
        boolean areTextsUnique = rows.stream().allMatch(this::hasUniqueText);
        Map<List<String>, Row> together = new LinkedHashMap<>();
        for (Row row : rows) {
            Row before = together.get(row.key());
            Optional<Row> both =
                    before == null ? Optional.of(row) : areTextsUnique ? both(before, row) : Optional.empty();
            if (both.isEmpty()) {
                execute(connection, groups(together.values(), areTextsUnique));
                together.clear();
            }
            together.put(row.key(), both.orElse(row));
        }
        execute(connection, groups(together.values(), areTextsUnique));
    }

    /**
     * Returns whether a key with another text is another key in the database. Other types may have several texts of a
     * value, such as 1.5 and 1.50, or a time in two time zones, and so may texts with a nondeterministic collation.
     */
    private boolean hasUniqueText(Row row) {
        for (int i = 0; i < row.key().size(); i++) {
            int type = table.columns().get(table.key().get(i));
            if (type == Table.INSENSITIVE_TEXT
                    || (type != Types.VARCHAR
                            && !UNIQUE_TEXT.matcher(row.key().get(i)).matches())) {
                return false;
            }
        }
        return true;
    }

    /** Returns the rows of each statement. If keys may be equal, the statements are in the order of the rows. */
    private static Collection<List<Row>> groups(Collection<Row> rows, boolean areTextsUnique) {
        Map<List<Object>, List<Row>> groups = new LinkedHashMap<>();
        Shape last = null;
        int changes = 0;
        for (Row row : rows) {
            Shape shape = Shape.of(row);
            changes += shape.equals(last) ? 0 : 1;
            last = shape;
            groups.computeIfAbsent(List.of(shape, areTextsUnique ? 0 : changes), any -> new ArrayList<>())
                    .add(row);
        }
        return groups.values();
    }

    /**
     * Merges two rows with the same key; empty if they need two statements. With {@link OnConflict#NOTHING}, the first
     * of two inserted rows is kept.
     */
    private Optional<Row> both(Row before, Row row) {
        boolean isFirst = onConflict == OnConflict.NOTHING && !before.isDelete() && !row.isDelete();
        return isFirst ? Optional.of(before) : before.mergedWith(row);
    }

    private void execute(Connection connection, Collection<List<Row>> groups) throws SQLException {
        for (List<Row> group : groups) {
            Shape shape = Shape.of(group.get(0));
            List<String> columns = List.copyOf(shape.columns());
            String sql = shape.isDelete() ? delete(columns) : upsert(columns, withoutKey(columns));
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (Row row : group) {
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
     * Checks whether the database accepts a statement of a row's form, whatever its values are; executes nothing.
     *
     * @param isKeyOnly whether the statement has the columns of the key instead of those of the row
     * @throws SQLException if the database rejects the statement
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
        } else if (value.isArray() && Table.isArray(type)) {
            statement.setString(place, array(value, type, column));
        } else if (TIMES.contains(type)) {
            statement.setString(place, time(text(value)));
        } else {
            statement.setString(place, text(value));
        }
    }

    /** Converts an ISO 8601 date or time with a signed year, the sign of which PostgreSQL takes for a time zone. */
    private static String time(String text) {
        Matcher signed = SIGNED_YEAR.matcher(text);
        if (!signed.matches()) {
            return text;
        }
        int year = Integer.parseInt(signed.group(1));
        return year > 0 ? year + signed.group(2) : "%04d%s BC".formatted(1 - year, signed.group(2));
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

    /** Returns PostgreSQL's text of an array, such as <code>{"one",NULL}</code>, or <code>{{"1"},{"2"}}</code>. */
    private static String array(JsonNode elements, int type, String column) throws SQLException {
        StringJoiner texts = new StringJoiner(type == Table.BOX_ARRAY ? ";" : ",", "{", "}");
        for (JsonNode each : elements) {
            if (each.isArray()) {
                texts.add(array(each, type, column));
            } else if (each.isNull()) {
                texts.add("NULL");
            } else {
                String text =
                        switch (type) {
                            case Table.BYTES_ARRAY -> "\\x" + HexFormat.of().formatHex(bytes(each, column));
                            case Table.TIME_ARRAY -> time(text(each));
                            default -> text(each);
                        };
                texts.add('"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
            }
        }
        return texts.toString();
    }

    /** Returns the error that the database reports for a text that is not valid for the type of its column. */
    private static SQLException notBinary(String column, Exception cause) {
        return new SQLException("the column " + column + " accepts bytes, as Base64", SqlErrors.INVALID_TEXT, cause);
    }

    /** Returns the text of a value in a form that the database can parse. */
    static String text(JsonNode value) {
        if (value.isContainerNode()) {
            return value.toString();
        }
        if (!value.isFloatingPointNumber()) {
            return value.asText();
        }
        // A type of integers does not accept 1.0E7.
        return Decimals.plain(value.isBigDecimal() ? value.decimalValue() : new BigDecimal(value.asText()));
    }
}
