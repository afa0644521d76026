package io.wadi.extension.connectors.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/**
 * The transactions that write to a table. An earlier transaction may commit rows that precede rows committed by a later
 * one, so rows are read up to a bound only once all transactions that were writing at that moment have ended.
 * PostgreSQL locks a table for a writer before it computes the values of the row.
 */
final class WritingTransactions {
    private static final String LOCKED = """
            WITH RECURSIVE tree(relation) AS (
              SELECT ?::regclass::oid UNION
              SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.relation)
            SELECT l.virtualtransaction FROM pg_catalog.pg_locks l JOIN tree USING (relation)
            WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
              AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')""";

    /** Selects whether a relation is a table or a partitioned table. */
    private static final String IS_LOCKED =
            "SELECT relkind IN ('r', 'p') FROM pg_catalog.pg_class WHERE oid = ?::regclass";

    private WritingTransactions() {}

    /**
     * Checks that transactions which write to a table lock the table or one of its partitions.
     *
     * @throws DatabaseException if it is a view or a foreign table
     */
    static void require(Connection connection, Table table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(IS_LOCKED)) {
            statement.setString(1, table.name());
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next() || !found.getBoolean(1)) {
                    throw new DatabaseException(
                            table.name() + " is not a table that transactions lock (maybe a view): rows committed late"
                                    + " would be skipped; read the table behind it",
                            null);
                }
            }
        }
    }

    /** Returns the current transactions by their virtual transaction ids. */
    static Set<String> of(Connection connection, Table table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCKED)) {
            statement.setString(1, table.name());
            Set<String> found = new HashSet<>();
            try (ResultSet each = statement.executeQuery()) {
                while (each.next()) {
                    found.add(each.getString(1));
                }
            }
            return found;
        }
    }
}
