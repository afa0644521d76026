package io.wadi.extension.connectors.database;

import java.sql.SQLException;
import java.util.List;

/** Distinguishes errors that a row may have caused from errors of the database, by the classes of SQLSTATE. */
final class SqlErrors {
    /** The SQLSTATE of a text that is not valid for the type of its column. */
    static final String INVALID_TEXT = "22P02";

    private static final int STATE_LENGTH = 5;

    /** The class of errors of statements, such as missing tables, columns, functions and privileges. */
    private static final String OF_STATEMENTS = "42";

    private static final String NOT_PERMITTED = "42501";

    /**
     * The classes of errors that no row has caused: connections, read-only databases, prepared statements, logins,
     * missing databases, deadlocks, resources, locks, shutdowns and timeouts, files, and internal errors.
     */
    private static final List<String> OF_THE_DATABASE =
            List.of("08", "25", "26", "28", "3D", "40", "42P05", "53", "55", "57", "58", "XX");

    private SqlErrors() {}

    /** Returns whether a row may have caused the error. */
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
     * Returns whether an object that a statement or a function needs, such as a table that a trigger writes to, is
     * missing or not permitted. A trigger may also raise these states because of a row.
     */
    private static boolean isOfObjects(String state, String message) {
        if (!state.startsWith(OF_STATEMENTS) || message.contains(" at RAISE")) {
            return false;
        }
        return state.equals(NOT_PERMITTED)
                ? !message.contains("row-level security")
                : message.contains("PL/pgSQL function");
    }

    /** Returns the error of the database that an error of a batch contains. */
    static SQLException databaseError(SQLException e) {
        SQLException next = e.getNextException();
        return next == null ? e : next;
    }
}
