package io.wadi.extension.connectors.database;

import java.sql.SQLException;
import java.util.Set;

/** Distinguishes errors about rows from errors of the database, by the classes of SQLSTATE. */
final class SqlErrors {
    /** The state of a text that is no value of its column's type. */
    static final String NO_SUCH_TEXT = "22P02";

    /** A trigger's RAISE EXCEPTION. */
    private static final String RAISED = "P0001";

    /**
     * The cardinality of what two rows do to one; data that a column cannot hold; constraints; views that would not show the row; rows
     * that are too large for an index.
     */
    private static final Set<String> OF_ROWS = Set.of("21", "22", "23", "44", "54");

    private SqlErrors() {}

    /** Returns whether the same rows would be rejected on every attempt. */
    static boolean isOfRows(SQLException e) {
        for (SQLException each = e; each != null; each = each.getNextException()) {
            String state = each.getSQLState();
            if (state != null && state.length() == RAISED.length()) {
                return state.equals(RAISED) || OF_ROWS.contains(state.substring(0, 2));
            }
        }
        return false;
    }

    /** Returns the database's error within an error of a batch. */
    static SQLException ownWord(SQLException e) {
        SQLException next = e.getNextException();
        return next == null ? e : next;
    }
}
