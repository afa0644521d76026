package io.wadi.extension.connectors.database;

import java.sql.SQLException;
import java.util.List;

/** Distinguishes errors that a row may cause from errors of the database, by the classes of SQLSTATE. */
final class SqlErrors {
    /** The state of a text that is no value of its column's type. */
    static final String NO_SUCH_TEXT = "22P02";

    private static final int STATE_LENGTH = 5;

    /** Of missing tables, columns, functions and privileges, among others. */
    private static final String OF_STATEMENTS = "42";

    private static final String NOT_PERMITTED = "42501";

    /**
     * Connections, read-only databases, prepared statements, logins, missing databases, deadlocks, resources, locks, shutdowns
     * and timeouts, files, and internal errors.
     */
    private static final List<String> OF_THE_DATABASE =
            List.of("08", "25", "26", "28", "3D", "40", "42P05", "53", "55", "57", "58", "XX");

    private SqlErrors() {}

    /** Returns whether a row may be the cause. */
    static boolean mayBeOfRows(SQLException e) {
        for (SQLException each = e; each != null; each = each.getNextException()) {
            String state = each.getSQLState();
            if (state != null && state.length() == STATE_LENGTH) {
                return OF_THE_DATABASE.stream().noneMatch(state::startsWith)
                        && !isOfObjects(state, String.valueOf(each.getMessage()));
            }
        }
        return false;
    }

    /**
     * Returns whether an object that a statement or a function needs is missing or not permitted, such as a table that a
     * trigger writes to. A trigger may raise the same states for a row.
     */
    private static boolean isOfObjects(String state, String message) {
        if (!state.startsWith(OF_STATEMENTS) || message.contains(" at RAISE")) {
            return false;
        }
        return state.equals(NOT_PERMITTED)
                ? !message.contains("row-level security")
                : message.contains("PL/pgSQL function");
    }

    /** Returns the database's error within an error of a batch. */
    static SQLException ownWord(SQLException e) {
        SQLException next = e.getNextException();
        return next == null ? e : next;
    }
}
