package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
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
 * Reads JSON objects as rows of an Avro schema, strictly: what the schema does not allow, or what it could not hold as it
 * is, is refused with its JSON pointer, what was found and what is allowed. Read are records, arrays, maps, strings, enums,
 * booleans, numbers, and unions of null and one of these; other schemas are refused when the reader is made.
 *
 * <p>A long is a whole number that fits, also written {@code 1.0}; of a double or float the nearest value is taken, but a
 * whole number must be kept. A field that is missing has its default, or none and is refused.
 */
final class RowReader {
    /** Property of a schema that says how JSON writes it: {@link #DATE_TIME} for a timestamp in milliseconds. */
    static final String FORMAT = "format";
    /** RFC 3339, of whole milliseconds; the offset may be written without its colon. */
    static final String DATE_TIME = "date-time";
    /** Property of a string's schema: the only values allowed. */
    static final String ENUM = "enum";
    /** Property of a field: false where it may be absent, but not be null. */
    static final String NULLABLE = "nullable";

    private final RowValue root;

    /**
     * Makes the reader of a schema.
     *
     * @param ignoreUnknown whether fields that the schema does not have are left out; otherwise they are refused
     * @throws IllegalArgumentException where the schema is not a record, or has what cannot be read from JSON; the message
     *     has a line for each mistake
     */
    RowReader(Schema schema, boolean ignoreUnknown) {
        Compiler compiler = new Compiler(ignoreUnknown);
        if (schema.getType() != Schema.Type.RECORD) {
            throw new IllegalArgumentException("\"\": found " + schema.getType().getName() + ", allowed is a record");
        }
        root = compiler.value(schema, "");
        if (!compiler.mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", compiler.mistakes));
        }
    }

    /** The row that is one JSON object in UTF-8. */
    GenericData.Record read(ByteBuffer json) throws RejectedRecordException {
        try (JsonParser parser = Json.parser(json)) {
            if (parser.nextToken() == null) {
                throw new RejectedRecordException("the value is empty, allowed is a JSON object");
            }
            GenericData.Record row = (GenericData.Record) root.read(parser);
            if (parser.nextToken() != null) {
                throw new RejectedRecordException("more follows after the JSON object, allowed is one");
            }
            return row;
        } catch (JsonProcessingException e) {
            throw new RejectedRecordException("not JSON: " + Json.reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Turns a schema into what reads it, once. */
    private static final class Compiler {
        private final boolean ignoreUnknown;
        private final List<String> mistakes = new ArrayList<>();
        private final Deque<String> within = new ArrayDeque<>();

        Compiler(boolean ignoreUnknown) {
            this.ignoreUnknown = ignoreUnknown;
        }

        private RowValue mistake(String pointer, String what) {
            mistakes.add("\"" + pointer + "\": " + what);
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
                            ? RowValues::dateTime
                            : parser -> RowValues.whole(parser, Long.MIN_VALUE, Long.MAX_VALUE);
                case FLOAT -> RowValues::floatValue;
                case DOUBLE -> RowValues::doubleValue;
                case NULL, BYTES, FIXED ->
                    mistake(
                            pointer,
                            schema.getType().getName() + " cannot be read from JSON, leave it out or use a string");
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
            if (others.size() != 1) {
                return mistake(pointer, "allowed is a union of null and one other type");
            }
            RowValue other = value(others.get(0), pointer);
            return schema.isNullable() ? RowValues.orNull(other) : other;
        }

        private RowValue record(Schema schema, String pointer) {
            if (within.contains(schema.getFullName())) {
                return mistake(pointer, schema.getFullName() + " is within itself, which columns cannot be");
            }
            if (schema.getFields().isEmpty()) {
                return mistake(pointer, "a record needs a field");
            }
            within.push(schema.getFullName());
            List<RecordValue.Column> columns = new ArrayList<>();
            for (Schema.Field field : schema.getFields()) {
                columns.add(new RecordValue.Column(field, field(field, pointer + "/" + field.name())));
            }
            within.pop();
            return new RecordValue(schema, columns, ignoreUnknown);
        }

        private RowValue field(Schema.Field field, String pointer) {
            boolean nullRefused = Boolean.FALSE.equals(field.getObjectProp(NULLABLE));
            if (nullRefused && field.schema().isUnion()) {
                Schema other =
                        field.schema().getTypes().get(field.schema().getTypes().size() - 1);
                return value(other, pointer);
            }
            return value(field.schema(), pointer);
        }
    }
}
