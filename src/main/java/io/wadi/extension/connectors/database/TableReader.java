package io.wadi.extension.connectors.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.wadi.extension.connectors.convert.Fields;
import io.wadi.extension.connectors.convert.Format;
import io.wadi.extension.connectors.source.SourceReader;
import io.wadi.extension.connectors.source.SourceRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a table by columns that grow, a number of rows at a time. Each row is read once, however many write to the table at a time: it is
 * read to a bound once all transactions that were writing at that moment have ended. A row with columns that become greater is read
 * again.
 */
final class TableReader implements SourceReader {
    private static final String AT = "at";
    private static final Format JSON = Format.of("json", "");

    private final Connections database;
    private final Plan plan;

    private Table table;
    /** The last row's columns, as texts; null before the first. */
    private List<String> position;
    /** To where is read now; null where that is not known. */
    private List<String> bound;
    /** Who was writing when it was found, and is not known to have ended. */
    private Set<String> writers = Set.of();

    /**
     * What is read.
     *
     * @param table its name, as the user gave it
     * @param by the columns
     * @param settle how old the first of these columns has to be, where it is a time; zero for any age
     * @param rows at a time at most
     * @param key the columns of records' keys; empty for those of the primary key
     */
    record Plan(String table, Order by, Duration settle, int rows, List<String> key) {}

    TableReader(Connections database, Plan plan) {
        this.database = database;
        this.plan = plan;
    }

    @Override
    public void begin(Map<String, String> positions) throws SQLException {
        String kept = positions.get(plan.table());
        if (kept != null) {
            Fields known = JSON.read(ByteBuffer.wrap(kept.getBytes(StandardCharsets.UTF_8)));
            position = new ArrayList<>();
            known.json().path(AT).forEach(each -> position.add(each.asText()));
            if (position.size() != plan.by().columns().size()) {
                throw new DatabaseException(
                        "%s was read by other columns than %s: the position kept is %s; give the route another id to read all of it anew"
                                .formatted(plan.table(), plan.by().columns(), kept),
                        null);
            }
        }
        look();
    }

    private void look() throws SQLException {
        table = database.inTransaction(connection -> Table.read(connection, plan.table()));
        for (List<String> columns : List.of(plan.by().columns(), plan.key())) {
            for (String column : columns) {
                if (!table.columns().containsKey(column)) {
                    throw new DatabaseException(
                            "%s has no column %s, it has %s"
                                    .formatted(
                                            table.name(),
                                            column,
                                            String.join(", ", table.columns().keySet())),
                            null);
                }
            }
        }
    }

    @Override
    public Reading next() throws SQLException {
        if (bound == null) {
            findBound();
        }
        if (bound == null || !haveEnded()) {
            return Reading.NOTHING;
        }
        List<SourceRecord> items = database.inTransaction(this::read);
        if (items.size() < plan.rows()) {
            bound = null;
        }
        return items.isEmpty() ? Reading.NOTHING : new Reading(items, Map.of(plan.table(), kept()));
    }

    /** First the bound, then the writers: those before its commit are still active, or have ended. */
    private void findBound() throws SQLException {
        List<String> last = database.inTransaction(this::last);
        if (last != null && !last.equals(position)) {
            writers = database.inTransaction(connection -> Writers.of(connection, table));
            bound = last;
        }
    }

    private boolean haveEnded() throws SQLException {
        if (!writers.isEmpty()) {
            Set<String> now = database.inTransaction(connection -> Writers.of(connection, table));
            writers.retainAll(now);
        }
        return writers.isEmpty();
    }

    private List<String> last(Connection connection) throws SQLException {
        boolean isAged = !plan.settle().isZero();
        try (PreparedStatement statement = connection.prepareStatement(plan.by().last(table, isAged))) {
            if (isAged) {
                statement.setLong(1, plan.settle().toMillis());
            }
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next() || found.getString(1) == null) {
                    return null;
                }
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= plan.by().columns().size(); i++) {
                    columns.add(found.getString(i));
                }
                return columns;
            }
        }
    }

    private List<SourceRecord> read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(plan.by().select(table, position != null))) {
            int place = 1;
            if (position != null) {
                for (String each : position) {
                    statement.setString(place++, each);
                }
            }
            for (String each : bound) {
                statement.setString(place++, each);
            }
            statement.setInt(place, plan.rows());
            Instant now = Instant.now();
            List<SourceRecord> items = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Fields fields = Cells.of(row, table);
                    items.add(SourceRecord.ofFields(key(fields), fields, now));
                    position = plan.by().columns().stream()
                            .map(column -> text(row, column))
                            .toList();
                }
            }
            return items;
        }
    }

    private static String text(ResultSet row, String column) {
        try {
            return row.getString(column);
        } catch (SQLException e) {
            throw new DatabaseException("the column " + column + " cannot be read: " + e.getMessage(), e);
        }
    }

    private byte[] key(Fields row) {
        List<String> columns = plan.key().isEmpty() ? table.key() : plan.key();
        if (columns.isEmpty()) {
            return null;
        }
        Fields key = Fields.none();
        for (String column : columns) {
            JsonNode value = row.json().path(column);
            key.json().set(column, value);
        }
        return JSON.write(key);
    }

    private String kept() {
        Fields kept = Fields.none();
        ArrayNode at = kept.json().putArray(AT);
        position.forEach(at::add);
        return new String(JSON.write(kept), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        database.close();
    }
}
