package io.wadi.extension.connectors.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.extension.connectors.convert.Json;
import io.wadi.extension.connectors.convert.SchemaInference;
import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.extension.connectors.source.SourceReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;

/**
 * Reads a table in the order of columns with increasing values, a limited number of rows per poll. Each row is read
 * once, even if other transactions write at the same time: rows are read up to a bound, once all transactions that were
 * writing when the bound was determined have ended. A row is read again if its values in these columns are increased.
 * The structure is read again for each bound, so that rows have all their columns.
 */
final class TableReader implements SourceReader {
    private static final String BY = "by";
    private static final String AT = "at";

    private final Connections database;
    private final Plan plan;

    private Table table;
    /** The offset columns of the last row read, as texts; null before the first row. */
    private List<String> position;
    /** The offset columns of the row up to which rows are read now; null if not determined. */
    private List<String> bound;
    /** The transactions that were writing when the bound was determined, and are not known to have ended. */
    private Set<String> transactions = Set.of();
    /** Whether the structure was read after these transactions ended, so that it has the columns of all rows. */
    private boolean isStructureCurrent;

    /**
     * The table and its options.
     *
     * @param table its name, as the user gave it
     * @param by the columns that order the rows
     * @param settle the minimum age of a row by the first of these columns, which then must be a time; zero for none
     * @param rows the maximum number of rows of a poll
     * @param key the columns of the records' keys; empty for the primary key
     */
    record Plan(String table, OffsetColumns by, Duration settle, int rows, List<String> key) {}

    TableReader(Connections database, Plan plan) {
        this.database = database;
        this.plan = plan;
    }

    @Override
    public void start(Map<String, String> offsets) throws SQLException {
        String committed = offsets.get(plan.table());
        if (committed != null) {
            JsonNode offset = Json.tree(committed.getBytes(UTF_8));
            position = texts(offset.path(AT));
            List<String> by = texts(offset.path(BY)); // empty in offsets of earlier versions
            if (position.size() != plan.by().columns().size()
                    || (!by.isEmpty() && !by.equals(plan.by().columns()))) {
                throw new DatabaseException(
                        "%s was read in the order of other columns than %s: the committed offset is %s; give the route another id to read all rows again"
                                .formatted(plan.table(), plan.by().columns(), committed),
                        null);
            }
        }
        table = database.inTransaction(this::structure);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private Table structure(Connection connection) throws SQLException {
        Table found = Table.read(connection, plan.table());
        WritingTransactions.require(connection, found);
        List<String> by = plan.by().columns();
        for (List<String> columns : List.of(by, plan.key())) {
            for (String column : columns) {
                if (!found.columns().containsKey(column)) {
                    throw new DatabaseException(
                            "%s has no column %s, it has %s"
                                    .formatted(
                                            found.name(),
                                            column,
                                            String.join(", ", found.columns().keySet())),
                            null);
                }
            }
        }
        if (!found.isIdentifiedBy(connection, by)) {
            throw new DatabaseException(
                    "by is %s, which does not identify a row of %s: rows with equal values would be skipped; expected"
                                    .formatted(String.join(",", by), found.name())
                            + " all columns of the primary key or of a unique index among them"
                            + example(by, found.key()),
                    null);
        }
        return found;
    }

    private static String example(List<String> by, List<String> key) {
        return key.isEmpty()
                ? ""
                : ", such as "
                        + Stream.concat(by.stream(), key.stream()).distinct().collect(Collectors.joining(","));
    }

    @Override
    public Poll poll() throws SQLException {
        if (bound == null) {
            findBound();
        }
        if (bound == null || !haveEnded()) {
            return Poll.EMPTY;
        }
        if (!isStructureCurrent) {
            table = database.inTransaction(this::structure);
            isStructureCurrent = true;
        }
        List<PolledRecord> records = database.inTransaction(this::rows);
        if (records.isEmpty() || position.equals(bound)) {
            bound = null;
        }
        return records.isEmpty() ? Poll.EMPTY : new Poll(records, Map.of(plan.table(), offset()));
    }

    /**
     * Determines the bound, and only then the writing transactions: all transactions that may still commit rows before
     * the bound are among them.
     */
    private void findBound() throws SQLException {
        List<String> last = database.inTransaction(this::last);
        if (last != null && !last.equals(position)) {
            transactions = database.inTransaction(connection -> WritingTransactions.of(connection, table));
            bound = last;
            isStructureCurrent = false;
        }
    }

    private boolean haveEnded() throws SQLException {
        if (!transactions.isEmpty()) {
            Set<String> now = database.inTransaction(connection -> WritingTransactions.of(connection, table));
            transactions.retainAll(now);
        }
        return transactions.isEmpty();
    }

    private List<String> last(Connection connection) throws SQLException {
        boolean isAged = !plan.settle().isZero();
        try (PreparedStatement statement = connection.prepareStatement(plan.by().last(table, isAged))) {
            if (isAged) {
                statement.setLong(1, plan.settle().toMillis());
            }
            try (ResultSet found = statement.executeQuery()) {
                return found.next() ? texts(found, plan.by().columns()) : null;
            }
        }
    }

    private List<PolledRecord> rows(Connection connection) throws SQLException {
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
            List<PolledRecord> records = new ArrayList<>();
            List<String> columns = List.copyOf(table.columns().keySet());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    SchemaAndValue value = ColumnValues.of(row, table);
                    records.add(
                            PolledRecord.of(key((Struct) value.value()), value, null, null, now, new ConnectHeaders()));
                    position = texts(row, columns);
                }
            }
            return records;
        }
    }

    /**
     * Returns the offset columns of a row with these columns. By place, since the driver ignores the case of names, and
     * a table may have the columns "id" and "ID".
     */
    private List<String> texts(ResultSet row, List<String> columns) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (String column : plan.by().columns()) {
            texts.add(row.getString(columns.indexOf(column) + 1));
        }
        return texts;
    }

    private SchemaAndValue key(Struct row) {
        List<String> columns = plan.key().isEmpty() ? table.key() : plan.key();
        if (columns.isEmpty()) {
            return SchemaAndValue.NULL;
        }
        Map<String, SchemaAndValue> key = new LinkedHashMap<>();
        for (String column : columns) {
            key.put(column, new SchemaAndValue(row.schema().field(column).schema(), row.get(column)));
        }
        return SchemaInference.struct(key);
    }

    private String offset() {
        Map<String, Object> offset = new LinkedHashMap<>();
        offset.put(BY, plan.by().columns());
        offset.put(AT, position);
        return Json.text(offset);
    }

    @Override
    public void close() {
        database.close();
    }
}
