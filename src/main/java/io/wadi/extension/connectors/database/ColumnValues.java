package io.wadi.extension.connectors.database;

import io.wadi.extension.connectors.convert.ConnectToJson;
import io.wadi.extension.connectors.convert.SchemaInference;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Converts rows to structs as Kafka Connect's JDBC sources do: numbers; decimals with their scale; dates; timestamps as
 * java.sql.Timestamp with microseconds, in UTC if the column has no time zone; bytes; arrays; json and jsonb as strings
 * with Debezium's schema name. A value that its type cannot represent, such as NaN or infinity, becomes a string. Other
 * types, such as money, are strings.
 */
final class ColumnValues {
    private static final Schema DATE = Date.builder().optional().build();
    private static final Schema TIMESTAMP =
            org.apache.kafka.connect.data.Timestamp.builder().optional().build();
    private static final Schema JSON =
            SchemaBuilder.string().name(ConnectToJson.JSON_TEXT).optional().build();

    private static final Set<String> JSON_TYPES = Set.of("json", "jsonb");

    /** The column with the elements in the result set of an array. */
    private static final int ELEMENT = 2;

    private ColumnValues() {}

    /** Returns the current row of a result set. */
    static SchemaAndValue of(ResultSet row, Table table) throws SQLException {
        Map<String, SchemaAndValue> fields = new LinkedHashMap<>();
        int place = 0;
        for (Map.Entry<String, Integer> column : table.columns().entrySet()) {
            place++;
            String type = row.getMetaData().getColumnTypeName(place);
            fields.put(column.getKey(), value(row, place, type(column.getValue(), type), type));
        }
        return SchemaInference.struct(fields);
    }

    /** pgjdbc reports money as double, and cannot parse the separators of its text. */
    private static int type(int type, String typeName) {
        return typeName.equals("money") ? Types.OTHER : type;
    }

    /** Does not parse the value, as getObject does: PostgreSQL has values that pgjdbc cannot parse. */
    private static boolean isNull(ResultSet row, int place) throws SQLException {
        return row.getBytes(place) == null;
    }

    private static SchemaAndValue value(ResultSet row, int place, int type, String typeName) throws SQLException {
        if (isNull(row, place)) {
            return new SchemaAndValue(schema(type, typeName), null);
        }
        Object value =
                switch (type) {
                    case Types.SMALLINT -> row.getShort(place);
                    case Types.INTEGER -> row.getInt(place);
                    case Types.BIGINT -> row.getLong(place);
                    case Types.REAL -> row.getFloat(place);
                    case Types.DOUBLE -> row.getDouble(place);
                    case Types.NUMERIC, Types.DECIMAL -> numeric(row.getString(place));
                    // A column of type bit(n) has several bits.
                    case Types.BIT, Types.BOOLEAN ->
                        typeName.equals("bool") ? (Object) row.getBoolean(place) : row.getString(place);
                    case Types.BINARY -> row.getBytes(place);
                    case Types.DATE -> date(row, place);
                    case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> timestamp(row, place, typeName);
                    case Types.ARRAY, Table.BYTES_ARRAY, Table.BOX_ARRAY, Table.TIME_ARRAY -> list(row.getArray(place));
                    default -> row.getString(place);
                };
        if (value instanceof BigDecimal decimal) {
            return new SchemaAndValue(
                    Decimal.builder(decimal.scale()).optional().build(), decimal);
        }
        if (value instanceof List<?>) {
            return SchemaInference.of(value);
        }
        Schema schema = schema(type, typeName);
        return new SchemaAndValue(
                value instanceof String && schema.type() != Schema.Type.STRING ? Schema.OPTIONAL_STRING_SCHEMA : schema,
                value);
    }

    private static Schema schema(int type, String typeName) {
        return switch (type) {
            case Types.SMALLINT -> Schema.OPTIONAL_INT16_SCHEMA;
            case Types.INTEGER -> Schema.OPTIONAL_INT32_SCHEMA;
            case Types.BIGINT -> Schema.OPTIONAL_INT64_SCHEMA;
            case Types.REAL -> Schema.OPTIONAL_FLOAT32_SCHEMA;
            case Types.DOUBLE -> Schema.OPTIONAL_FLOAT64_SCHEMA;
            case Types.NUMERIC, Types.DECIMAL -> Decimal.builder(0).optional().build();
            case Types.BIT, Types.BOOLEAN ->
                typeName.equals("bool") ? Schema.OPTIONAL_BOOLEAN_SCHEMA : Schema.OPTIONAL_STRING_SCHEMA;
            case Types.BINARY -> Schema.OPTIONAL_BYTES_SCHEMA;
            case Types.DATE -> DATE;
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> TIMESTAMP;
            default -> JSON_TYPES.contains(typeName) ? JSON : Schema.OPTIONAL_STRING_SCHEMA;
        };
    }

    private static Object numeric(String text) {
        return Character.isLetter(text.charAt(text.length() - 1)) ? text : new BigDecimal(text);
    }

    @SuppressWarnings("JavaUtilDate") // Connect's logical type uses it
    private static Object date(ResultSet row, int place) throws SQLException {
        LocalDate day = row.getObject(place, LocalDate.class);
        return day.equals(LocalDate.MAX) || day.equals(LocalDate.MIN)
                ? row.getString(place)
                : new java.util.Date(Duration.ofDays(day.toEpochDay()).toMillis());
    }

    private static Object timestamp(ResultSet row, int place, String typeName) throws SQLException {
        if (typeName.equals("timestamptz")) {
            OffsetDateTime time = row.getObject(place, OffsetDateTime.class);
            return time.equals(OffsetDateTime.MAX) || time.equals(OffsetDateTime.MIN)
                    ? row.getString(place)
                    : Timestamp.from(time.toInstant());
        }
        LocalDateTime time = row.getObject(place, LocalDateTime.class);
        return time.equals(LocalDateTime.MAX) || time.equals(LocalDateTime.MIN)
                ? row.getString(place)
                : Timestamp.from(time.toInstant(ZoneOffset.UTC));
    }

    private static List<Object> list(Array array) throws SQLException {
        List<Object> list = new ArrayList<>();
        try (ResultSet elements = array.getResultSet()) {
            String typeName = elements.getMetaData().getColumnTypeName(ELEMENT);
            int type = type(elements.getMetaData().getColumnType(ELEMENT), typeName);
            while (elements.next()) {
                list.add(element(elements, type, typeName));
            }
        }
        return list;
    }

    /** Returns integers as longs, other numbers as doubles, and elements of any other type as strings. */
    private static Object element(ResultSet row, int type, String typeName) throws SQLException {
        if (isNull(row, ELEMENT)) {
            return null;
        }
        return switch (type) {
            case Types.ARRAY -> list(row.getArray(ELEMENT));
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> row.getLong(ELEMENT);
            case Types.REAL, Types.DOUBLE -> Double.valueOf(row.getString(ELEMENT));
            case Types.BIT, Types.BOOLEAN ->
                typeName.equals("bool") ? (Object) row.getBoolean(ELEMENT) : row.getString(ELEMENT);
            case Types.BINARY -> Base64.getEncoder().encodeToString(row.getBytes(ELEMENT));
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE ->
                timestamp(row, ELEMENT, typeName) instanceof Timestamp time
                        ? time.toInstant().toString()
                        : row.getString(ELEMENT);
            default -> row.getString(ELEMENT);
        };
    }
}
