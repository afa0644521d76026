package io.wadi.extension.connectors.database;

import java.sql.SQLException;
import java.util.List;

/** Distinguishes errors that a row may cause from errors of the database, by the classes of SQLSTATE. */
final class SqlErrors {
    /** The state of a text that is no value of its column's type. */
    static final String NO_SUCH_TEXT = "22P02";

    private static final int STATE_LENGTH = 5;

    /**
     * Connections, read-only databases, logins, missing databases, deadlocks, resources, locks, shutdowns and timeouts,
     * files, damaged data and indexes.
     */
    private static final List<String> OF_THE_DATABASE =
            List.of("08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX001", "XX002");

    private SqlErrors() {}

    /** Returns whether a row may be the cause. */
    static boolean mayBeOfRows(SQLException e) {
        for (SQLException each = e; each != null; each = each.getNextException()) {
            String state = each.getSQLState();
            if (state != null && state.length() == STATE_LENGTH) {
                return OF_THE_DATABASE.stream().noneMatch(state::startsWith);
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
