package io.wadi.extension.connectors.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.wadi.extension.connectors.convert.FieldType;
import io.wadi.extension.connectors.convert.Fields;
import io.wadi.extension.connectors.convert.Format;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

/** Converts rows to fields: times to ISO-8601 strings, in UTC if a column has no zone, bytes to Base64, json and jsonb to JSON. */
final class Cells {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Format JSON = Format.of("json", "");
    private static final String OBJECT = "{\"%s\":".formatted(Fields.VALUE);

    private Cells() {}

    /** Returns the current row of a result set. */
    static Fields of(ResultSet row, Table table) throws SQLException {
        Fields fields = Fields.none();
        int place = 0;
        for (Map.Entry<String, Integer> column : table.columns().entrySet()) {
            place++;
            String type = row.getMetaData().getColumnTypeName(place);
            fields.json().set(column.getKey(), cell(row, place, column.getValue(), type));
            FieldType known = type(column.getValue(), type);
            if (known != null) {
                fields.types().put(column.getKey(), known);
            }
        }
        return fields;
    }

    private static JsonNode cell(ResultSet row, int place, int type, String typeName) throws SQLException {
        if (row.getObject(place) == null) {
            return NODES.nullNode();
        }
        return switch (type) {
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> NODES.numberNode(row.getLong(place));
            case Types.REAL, Types.DOUBLE -> floating(row.getDouble(place), row.getString(place));
            case Types.NUMERIC, Types.DECIMAL -> numeric(row.getString(place));
            // A column of type bit has several.
            case Types.BIT, Types.BOOLEAN ->
                typeName.equals("bool")
                        ? NODES.booleanNode(row.getBoolean(place))
                        : NODES.textNode(row.getString(place));
            case Types.BINARY -> NODES.binaryNode(row.getBytes(place));
            case Types.DATE -> NODES.textNode(day(row, place));
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> NODES.textNode(moment(row, place, typeName));
            case Types.ARRAY -> list(row.getArray(place));
            default -> typeName.startsWith("json") ? json(row.getString(place)) : NODES.textNode(row.getString(place));
        };
    }

    /** NaN and infinite values have no representation in JSON. */
    private static JsonNode floating(double value, String text) {
        return Double.isFinite(value) ? NODES.numberNode(value) : NODES.textNode(text);
    }

    private static JsonNode numeric(String text) {
        return Character.isLetter(text.charAt(text.length() - 1))
                ? NODES.textNode(text)
                : NODES.numberNode(new BigDecimal(text));
    }

    private static String day(ResultSet row, int place) throws SQLException {
        LocalDate day = row.getObject(place, LocalDate.class);
        return day.equals(LocalDate.MAX) || day.equals(LocalDate.MIN) ? row.getString(place) : day.toString();
    }

    private static String moment(ResultSet row, int place, String typeName) throws SQLException {
        if (typeName.equals("timestamptz")) {
            OffsetDateTime moment = row.getObject(place, OffsetDateTime.class);
            return moment.equals(OffsetDateTime.MAX) || moment.equals(OffsetDateTime.MIN)
                    ? row.getString(place)
                    : moment.toInstant().toString();
        }
        LocalDateTime moment = row.getObject(place, LocalDateTime.class);
        return moment.equals(LocalDateTime.MAX) || moment.equals(LocalDateTime.MIN)
                ? row.getString(place)
                : moment.toInstant(ZoneOffset.UTC).toString();
    }

    private static JsonNode json(String text) {
        byte[] wrapped = (OBJECT + text + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return JSON.read(ByteBuffer.wrap(wrapped)).json().path(Fields.VALUE);
    }

    private static ArrayNode list(Array array) throws SQLException {
        return list((Object[]) array.getArray());
    }

    private static ArrayNode list(Object[] elements) {
        ArrayNode list = NODES.arrayNode();
        for (Object each : elements) {
            if (each instanceof Object[] inner) {
                list.add(list(inner));
            } else if (each instanceof Boolean flag) {
                list.add(flag);
            } else if (each instanceof Short || each instanceof Integer || each instanceof Long) {
                list.add(((Number) each).longValue());
            } else if (each instanceof Number number) {
                list.add(new BigDecimal(number.toString()));
            } else {
                list.add(each == null ? null : each.toString());
            }
        }
        return list;
    }

    /** Null where the value says it. */
    private static FieldType type(int type, String typeName) {
        return switch (type) {
            case Types.SMALLINT -> FieldType.INT16;
            case Types.INTEGER -> FieldType.INT32;
            case Types.BIGINT -> FieldType.INT64;
            case Types.REAL -> FieldType.FLOAT;
            case Types.DOUBLE -> FieldType.DOUBLE;
            case Types.NUMERIC, Types.DECIMAL -> FieldType.DECIMAL;
            case Types.BIT, Types.BOOLEAN -> typeName.equals("bool") ? FieldType.BOOLEAN : FieldType.STRING;
            case Types.BINARY -> FieldType.BYTES;
            case Types.DATE -> FieldType.DATE;
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> FieldType.TIMESTAMP;
            case Types.ARRAY -> null;
            default -> typeName.startsWith("json") ? null : FieldType.STRING;
        };
    }
}
