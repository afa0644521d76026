package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import io.wadi.format.JsonParsers;
import io.wadi.format.MissingFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/**
 * Reads JSON objects as rows of an Avro schema, strictly: a value that the schema does not allow or cannot represent
 * exactly is rejected with its JSON pointer, the value found and what is expected. Records, arrays, maps, strings,
 * enums, booleans, numbers, and unions of null and one of these are supported; other schemas are rejected by the
 * constructor.
 *
 * <p>A long is a whole number in its range, in any notation such as {@code 1.0}; a double or float is the nearest
 * value, but whole numbers must be exact. A missing field gets its default; without a default the object is rejected,
 * and so is a row that lacks more than a million fields.
 */
final class RowReader {
    /** Schema property with the JSON format of a value: {@link #DATE_TIME} for a timestamp in milliseconds. */
    static final String FORMAT = "format";
    /** RFC 3339 with at most whole milliseconds; the colon in the offset is optional. */
    static final String DATE_TIME = "date-time";
    /** Property of a string's or date-time's schema: the allowed values. */
    static final String ENUM = "enum";
    /** Property of a field: false if it may be absent, but not null. */
    static final String NULLABLE = "nullable";

    private final RowValue root;

    /**
     * Creates a reader for a schema.
     *
     * @param ignoreUnknown whether fields that are not in the schema are dropped; otherwise they are rejected
     * @throws IllegalArgumentException if the schema is not a record or is not supported; the message has a line for
     *    each error
     */
    RowReader(Schema schema, boolean ignoreUnknown) {
        Compiler compiler = new Compiler(ignoreUnknown);
        if (schema.getType() != Schema.Type.RECORD) {
            throw new IllegalArgumentException("\"\": found " + schema.getType().getName() + ", expected a record");
        }
        root = compiler.value(schema, "");
        if (!compiler.errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", compiler.errors));
        }
    }

    /** Reads one JSON object in UTF-8 as a row. */
    GenericData.Record read(ByteBuffer json) throws RejectedRecordException {
        try {
            return Json.ROWS.parse(json, this::read);
        } catch (JsonProcessingException e) {
            throw new RejectedRecordException("not JSON: " + JsonParsers.reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private GenericData.Record read(JsonParser parser) throws IOException, RejectedRecordException {
        parser.assignCurrentValue(new MissingFields());
        if (parser.nextToken() == null) {
            throw new RejectedRecordException("the value is empty, expected a JSON object");
        }
        GenericData.Record row = (GenericData.Record) root.read(parser);
        if (parser.nextToken() != null) {
            throw new RejectedRecordException("found data after the JSON object, expected one object");
        }
        return row;
    }

    /** Counts fields that the parser's row lacks. */
    static void countMissing(JsonParser parser, int more) throws RejectedRecordException {
        JsonStreamContext row = parser.getParsingContext();
        while (!row.inRoot()) {
            row = row.getParent();
        }
        if (((MissingFields) row.getCurrentValue()).exceedLimitWith(more)) {
            throw new RejectedRecordException(
                    "at \"%s\": ".formatted(parser.getParsingContext().pathAsPointer()) + MissingFields.TOO_MANY);
        }
    }

    /** Compiles a schema to its reader. */
    private static final class Compiler {
        private final boolean ignoreUnknown;
        private final List<String> errors = new ArrayList<>();
        private final Deque<String> enclosingRecords = new ArrayDeque<>();

        Compiler(boolean ignoreUnknown) {
            this.ignoreUnknown = ignoreUnknown;
        }

        private RowValue error(String pointer, String what) {
            errors.add("\"" + pointer + "\": " + what);
            return JsonParser::getText;
        }

        RowValue value(Schema schema, String pointer) {
            return switch (schema.getType()) {
                case RECORD -> record(schema, pointer);
                case ARRAY -> RowValues.array(schema, value(schema.getElementType(), pointer + "/items"));
                case MAP -> RowValues.map(value(schema.getValueType(), pointer + "/values"));
                case UNION -> union(schema, pointer);
                case STRING -> RowValues.string(schema);
                case ENUM -> RowValues.enumeration(schema);
                case BOOLEAN -> RowValues::bool;
                case INT -> parser -> (int) RowValues.whole(parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
                case LONG ->
                    isDateTime(schema)
                            ? RowValues.dateTime(schema)
                            : parser -> RowValues.whole(parser, Long.MIN_VALUE, Long.MAX_VALUE);
                case FLOAT -> RowValues::floatValue;
                case DOUBLE -> RowValues::doubleValue;
                case NULL, BYTES, FIXED ->
                    error(pointer, schema.getType().getName() + " cannot be read from JSON: remove it or use a string");
            };
        }

        private static boolean isDateTime(Schema schema) {
            return DATE_TIME.equals(schema.getProp(FORMAT))
                    && schema.getLogicalType() != null
                    && schema.getLogicalType().getName().equals("timestamp-millis");
        }

        private RowValue union(Schema schema, String pointer) {
            List<Schema> others = schema.getTypes().stream()
                    .filter(type -> type.getType() != Schema.Type.NULL)
                    .toList();
            if (others.size() != 1 || !schema.isNullable()) {
                return error(pointer, "expected a union of null and one other type");
            }
            return RowValues.orNull(value(others.get(0), pointer));
        }

        private RowValue record(Schema schema, String pointer) {
            if (enclosingRecords.contains(schema.getFullName())) {
                return error(
                        pointer, schema.getFullName() + " is recursive, expected a type that does not contain itself");
            }
            if (schema.getFields().isEmpty()) {
                return error(pointer, "a record needs at least one field");
            }
            enclosingRecords.push(schema.getFullName());
            List<RecordValue.Column> columns = new ArrayList<>();
            for (Schema.Field field : schema.getFields()) {
                columns.add(new RecordValue.Column(field, field(field, pointer + "/" + field.name())));
            }
            enclosingRecords.pop();
            return new RecordValue(schema, columns, ignoreUnknown);
        }

        private RowValue field(Schema.Field field, String pointer) {
            boolean rejectsNull = Boolean.FALSE.equals(field.getObjectProp(NULLABLE));
            if (rejectsNull && field.schema().isUnion()) {
                Schema other =
                        field.schema().getTypes().get(field.schema().getTypes().size() - 1);
                return value(other, pointer);
            }
            return value(field.schema(), pointer);
        }
    }
}
