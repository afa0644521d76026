package io.wadi.extension.connectors.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The structure of a table at the time of reading.
 *
 * @param name the quoted name, as statements need it
 * @param columns the types ({@link java.sql.Types} or a constant of this class) of the columns by name, in their
 *     order
 * @param key the columns of the primary key, in its order; empty if there is none
 */
record Table(String name, Map<String, Integer> columns, List<String> key) {
    /** The type of arrays of bytea, the elements of which are Base64 in JSON. */
    static final int BYTES_ARRAY = 70_000;
    /** The type of arrays of boxes, the elements of which PostgreSQL separates by semicolons. */
    static final int BOX_ARRAY = 70_002;
    /** The type of arrays of dates or timestamps. */
    static final int TIME_ARRAY = 70_003;
    /** The type of a column of the key with a nondeterministic collation, such as one that ignores case. */
    static final int INSENSITIVE_TEXT = 70_001;

    private static final Set<Integer> ARRAYS = Set.of(Types.ARRAY, BYTES_ARRAY, BOX_ARRAY, TIME_ARRAY);

    /**
     * Finds the primary key of a relation, which may be in any schema of the search path, and whether each of its
     * columns has a nondeterministic collation. PostgreSQL 11 has none, and no column {@code collisdeterministic}.
     */
    private static final String PRIMARY_KEY = """
            SELECT a.attname, NOT coalesce((to_jsonb(c) ->> 'collisdeterministic')::boolean, true)
            FROM pg_catalog.pg_index i
            CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(number, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
            LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
            WHERE i.indrelid = ?::regclass AND i.indisprimary AND k.place <= i.indnkeyatts ORDER BY k.place""";

    /**
     * Selects whether the values of some columns identify a row: whether they include all columns of a unique index.
     * Its parameters are the name of a relation and the names of the columns.
     */
    private static final String IS_UNIQUE = """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_index i
              WHERE i.indrelid = ?::regclass AND i.indisunique AND i.indisvalid
                AND i.indpred IS NULL AND i.indexprs IS NULL
                AND NOT EXISTS (SELECT FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                  WHERE k.place <= i.indnkeyatts AND a.attname::text <> ALL (?)))""";

    /**
     * Reads the structure of a table.
     *
     * @param given the name as stored in the database, optionally preceded by the schema and a dot
     * @throws SQLException if the table does not exist or cannot be read
     */
    static Table read(Connection connection, String given) throws SQLException {
        String name = String.join(".", quoted(List.of(given.split("\\.", 2))));
        Map<String, Integer> columns = new LinkedHashMap<>();
        try (PreparedStatement nothing = connection.prepareStatement("SELECT * FROM " + name + " WHERE false");
                ResultSet none = nothing.executeQuery()) {
            ResultSetMetaData found = none.getMetaData();
            for (int i = 1; i <= found.getColumnCount(); i++) {
                int type =
                        switch (found.getColumnTypeName(i)) {
                            case "_bytea" -> BYTES_ARRAY;
                            case "_box" -> BOX_ARRAY;
                            case "_date", "_timestamp", "_timestamptz" -> TIME_ARRAY;
                            default -> found.getColumnType(i);
                        };
                columns.put(found.getColumnName(i), type);
            }
        }
        List<String> key = primaryKey(connection, name, columns);
        return new Table(name, Collections.unmodifiableMap(columns), key);
    }

    /** Returns the columns of the primary key, and changes the types of those with a nondeterministic collation. */
    private static List<String> primaryKey(Connection connection, String name, Map<String, Integer> columns)
            throws SQLException {
        List<String> key = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(PRIMARY_KEY)) {
            statement.setString(1, name);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    String column = found.getString(1);
                    key.add(column);
                    if (found.getBoolean(2)) {
                        columns.put(column, INSENSITIVE_TEXT);
                    }
                }
            }
        }
        return List.copyOf(key);
    }

    /**
     * Returns whether no two rows have the same values of these columns, except rows with a null in one of them, and
     * rows of tables that inherit from this one.
     */
    boolean isIdentifiedBy(Connection connection, List<String> some) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(IS_UNIQUE)) {
            statement.setString(1, name);
            statement.setArray(2, connection.createArrayOf("text", some.toArray()));
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                return found.getBoolean(1);
            }
        }
    }

    /** Returns the quoted name of a table in the schema of another one. */
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

    static boolean isArray(int type) {
        return ARRAYS.contains(type);
    }
}
