package io.wadi.extension.connectors.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/**
 * The transactions that write to a table. One that has begun earlier may commit rows that stand before those of one that has
 * committed already: so rows are read to a bound once all transactions that were writing at that moment have ended. PostgreSQL locks a table for
 * a writer before it makes the row's values.
 */
final class WritingTransactions {
    private static final String LOCKED = """
            SELECT l.virtualtransaction FROM pg_catalog.pg_locks l
            WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
              AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
              AND (l.relation = ?::regclass OR l.relation IN (SELECT relid FROM pg_catalog.pg_partition_tree(?::regclass)))""";

    private WritingTransactions() {}

    /** Those of now, by what PostgreSQL calls them. */
    static Set<String> of(Connection connection, Table table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCKED)) {
            statement.setString(1, table.name());
            statement.setString(2, table.name());
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
