package io.wadi.extension.connectors.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The structure of a table at the time of reading.
 *
 * @param name as it stands in statements, quoted
 * @param columns their types ({@link java.sql.Types}) by their names, in their order
 * @param key the columns of its primary key, in their order; empty where it has none
 */
record Table(String name, Map<String, Integer> columns, List<String> key) {

    /**
     * Reads the structure of a table.
     *
     * @param given its name as the database has it, maybe after that of its schema and a dot
     * @throws SQLException where there is none, or it may not be read
     */
    static Table read(Connection connection, String given) throws SQLException {
        String[] parts = given.split("\\.", 2);
        String schema = parts.length == 2 ? parts[0] : connection.getSchema();
        String table = parts[parts.length - 1];
        String name = parts.length == 2 ? quoted(schema) + "." + quoted(table) : quoted(table);
        Map<String, Integer> columns = new LinkedHashMap<>();
        try (PreparedStatement nothing = connection.prepareStatement("SELECT * FROM " + name + " WHERE false");
                ResultSet none = nothing.executeQuery()) {
            ResultSetMetaData found = none.getMetaData();
            for (int i = 1; i <= found.getColumnCount(); i++) {
                columns.put(found.getColumnName(i), found.getColumnType(i));
            }
        }
        return new Table(
                name, Collections.unmodifiableMap(columns), primaryKey(connection.getMetaData(), schema, table));
    }

    private static List<String> primaryKey(DatabaseMetaData database, String schema, String table) throws SQLException {
        Map<Integer, String> byPlace = new TreeMap<>();
        try (ResultSet found = database.getPrimaryKeys(null, schema, table)) {
            while (found.next()) {
                byPlace.put(found.getInt("KEY_SEQ"), found.getString("COLUMN_NAME"));
            }
        }
        return List.copyOf(new ArrayList<>(byPlace.values()));
    }

    /** Returns the quoted name of another table in the schema of a table. */
    static String beside(String given, String other) {
        int dot = given.indexOf('.');
        return (dot < 0 ? "" : quoted(given.substring(0, dot)) + ".") + quoted(other);
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static List<String> quoted(List<String> names) {
        return names.stream().map(Table::quoted).toList();
    }
}
