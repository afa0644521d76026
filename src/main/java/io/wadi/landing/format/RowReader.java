package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
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

    private static final DateTimeFormatter RFC_3339 = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("[XXX][XX]")
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);
    private static final int SHOWN = 60;

    private final Value root;

    /** Reads the value at the parser's current token and leaves it at the value's last one. */
    private interface Value {
        Object read(JsonParser parser) throws IOException, RefusedRecordException;
    }

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
    GenericData.Record read(ByteBuffer json) throws RefusedRecordException {
        try (JsonParser parser = Json.parser(json)) {
            if (parser.nextToken() == null) {
                throw new RefusedRecordException("the value is empty, allowed is a JSON object");
            }
            GenericData.Record row = (GenericData.Record) root.read(parser);
            if (parser.nextToken() != null) {
                throw new RefusedRecordException("more follows after the JSON object, allowed is one");
            }
            return row;
        } catch (JsonProcessingException e) {
            throw new RefusedRecordException("not JSON: " + Json.reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RefusedRecordException refused(JsonParser parser, String allowed) throws IOException {
        return new RefusedRecordException("at \"%s\": found %s, allowed is %s"
                .formatted(parser.getParsingContext().pathAsPointer(), found(parser), allowed));
    }

    private static String found(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "\"" + shortened(parser.getText()) + "\"";
            default -> shortened(parser.getText());
        };
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    private static String text(JsonParser parser, String text) throws IOException, RefusedRecordException {
        int lone = Json.loneSurrogate(text);
        if (lone >= 0) {
            throw new RefusedRecordException(
                    "at \"%s\": found half a character (\\u%04x) at %d of the string, which UTF-8 cannot write"
                            .formatted(parser.getParsingContext().pathAsPointer(), (int) text.charAt(lone), lone));
        }
        return text;
    }

    // ---- the kinds of values

    private static Value string(Schema schema) {
        if (!(schema.getObjectProp(ENUM) instanceof List<?> values)) {
            return parser -> {
                if (parser.currentToken() != JsonToken.VALUE_STRING) {
                    throw refused(parser, "a string");
                }
                return text(parser, parser.getText());
            };
        }
        Map<String, Object> allowed = new LinkedHashMap<>();
        values.forEach(value -> allowed.put(value.toString(), value));
        return oneOf(allowed);
    }

    private static Value enumeration(Schema schema) {
        Map<String, Object> allowed = new LinkedHashMap<>();
        schema.getEnumSymbols().forEach(symbol -> allowed.put(symbol, new GenericData.EnumSymbol(schema, symbol)));
        return oneOf(allowed);
    }

    private static Value oneOf(Map<String, Object> values) {
        return parser -> {
            Object value = parser.currentToken() == JsonToken.VALUE_STRING ? values.get(parser.getText()) : null;
            if (value == null) {
                throw refused(parser, "one of \"" + String.join("\", \"", values.keySet()) + "\"");
            }
            return value;
        };
    }

    private static Object bool(JsonParser parser) throws IOException, RefusedRecordException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw refused(parser, "true or false");
        };
    }

    private static long whole(JsonParser parser, long least, long most) throws IOException, RefusedRecordException {
        if (parser.currentToken().isNumeric()) {
            try {
                long value = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                        ? parser.getLongValue()
                        : exact(parser).longValueExact();
                if (least <= value && value <= most) {
                    return value;
                }
            } catch (ArithmeticException e) {
                throw refused(parser, "a whole number from " + least + " to " + most);
            }
        }
        throw refused(parser, "a whole number from " + least + " to " + most);
    }

    private static BigDecimal exact(JsonParser parser) throws IOException, RefusedRecordException {
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException e) {
            throw refused(parser, "a number with an exponent of fewer digits");
        }
    }

    /**
     * The nearest number of a floating-point type. A whole number is not replaced by its neighbour.
     *
     * @param most the type's greatest number
     * @param kept up to here all whole numbers are numbers of the type
     */
    private static double decimal(JsonParser parser, double most, double kept, DoubleUnaryOperator nearest)
            throws IOException, RefusedRecordException {
        if (!parser.currentToken().isNumeric()) {
            throw refused(parser, "a number");
        }
        double value = nearest.applyAsDouble(parser.getDoubleValue());
        if (Math.abs(value) > most) {
            throw refused(parser, "a number from " + -most + " to " + most);
        }
        if (Math.abs(value) >= kept
                && parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && new BigDecimal(value).compareTo(exact(parser)) != 0) {
            throw refused(parser, "a whole number that the column holds exactly, nearest is " + new BigDecimal(value));
        }
        return value;
    }

    private static Object doubleValue(JsonParser parser) throws IOException, RefusedRecordException {
        return decimal(parser, Double.MAX_VALUE, 1L << 53, value -> value);
    }

    private static Object floatValue(JsonParser parser) throws IOException, RefusedRecordException {
        return (float) decimal(parser, Float.MAX_VALUE, 1L << 24, value -> (float) value);
    }

    private static Object dateTime(JsonParser parser) throws IOException, RefusedRecordException {
        String allowed = "a date-time with an offset and whole milliseconds, such as 2021-04-14T12:34:56.789+09:00";
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw refused(parser, allowed);
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(parser.getText(), RFC_3339);
            if (time.getNano() % 1_000_000 == 0) {
                return time.toInstant().toEpochMilli();
            }
        } catch (DateTimeException e) {
            throw refused(parser, allowed);
        }
        throw refused(parser, allowed);
    }

    private static Value array(Schema schema, Value items) {
        return parser -> {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw refused(parser, "an array");
            }
            List<Object> values = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                values.add(items.read(parser));
            }
            return new GenericData.Array<>(schema, values);
        };
    }

    private static Value map(Value values) {
        return parser -> {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw refused(parser, "an object");
            }
            Map<String, Object> entries = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = text(parser, parser.currentName());
                if (entries.containsKey(name)) {
                    throw refused(parser, "a name once in an object");
                }
                parser.nextToken();
                entries.put(name, values.read(parser));
            }
            return entries;
        };
    }

    private static Value orNull(Value value) {
        return parser -> parser.currentToken() == JsonToken.VALUE_NULL ? null : value.read(parser);
    }

    /** One column of a record. */
    private record Column(Schema.Field field, Value value) {}

    private static final class RecordValue implements Value {
        private static final Object MISSING = new Object();

        private final Schema schema;
        private final boolean ignoreUnknown;
        private final Map<String, Column> columns = new HashMap<>();
        private final Object[] defaults;

        RecordValue(Schema schema, List<Column> columns, boolean ignoreUnknown) {
            this.schema = schema;
            this.ignoreUnknown = ignoreUnknown;
            this.defaults = new Object[columns.size()];
            for (Column column : columns) {
                this.columns.put(column.field().name(), column);
                defaults[column.field().pos()] =
                        column.field().hasDefaultValue() ? GenericData.get().getDefaultValue(column.field()) : MISSING;
            }
        }

        @Override
        public Object read(JsonParser parser) throws IOException, RefusedRecordException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw refused(parser, "an object");
            }
            GenericData.Record row = new GenericData.Record(schema);
            boolean[] read = new boolean[defaults.length];
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                readField(parser, row, read);
            }
            for (int i = 0; i < read.length; i++) {
                if (!read[i]) {
                    if (defaults[i] == MISSING) {
                        throw missing(parser, schema.getFields().get(i));
                    }
                    row.put(i, defaults[i]);
                }
            }
            return row;
        }

        private void readField(JsonParser parser, GenericData.Record row, boolean[] read)
                throws IOException, RefusedRecordException {
            Column column = columns.get(parser.currentName());
            parser.nextToken();
            if (column == null) {
                if (!ignoreUnknown) {
                    throw refused(parser, "one of the fields " + String.join(", ", new TreeSet<>(columns.keySet())));
                }
                parser.skipChildren();
                return;
            }
            int at = column.field().pos();
            if (read[at]) {
                throw refused(parser, "a name once in an object");
            }
            read[at] = true;
            row.put(at, column.value().read(parser));
        }

        private static RefusedRecordException missing(JsonParser parser, Schema.Field field) {
            return new RefusedRecordException("at \"%s\": the field %s is missing, it has no default"
                    .formatted(parser.getParsingContext().pathAsPointer(), field.name()));
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

        private Value mistake(String pointer, String what) {
            mistakes.add("\"" + pointer + "\": " + what);
            return JsonParser::getText;
        }

        Value value(Schema schema, String pointer) {
            return switch (schema.getType()) {
                case RECORD -> record(schema, pointer);
                case ARRAY -> array(schema, value(schema.getElementType(), pointer + "/items"));
                case MAP -> map(value(schema.getValueType(), pointer + "/values"));
                case UNION -> union(schema, pointer);
                case STRING -> string(schema);
                case ENUM -> enumeration(schema);
                case BOOLEAN -> RowReader::bool;
                case INT -> parser -> (int) whole(parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
                case LONG ->
                    isDateTime(schema) ? RowReader::dateTime : parser -> whole(parser, Long.MIN_VALUE, Long.MAX_VALUE);
                case FLOAT -> RowReader::floatValue;
                case DOUBLE -> RowReader::doubleValue;
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

        private Value union(Schema schema, String pointer) {
            List<Schema> others = schema.getTypes().stream()
                    .filter(type -> type.getType() != Schema.Type.NULL)
                    .toList();
            if (others.size() != 1) {
                return mistake(pointer, "allowed is a union of null and one other type");
            }
            Value other = value(others.get(0), pointer);
            return schema.isNullable() ? orNull(other) : other;
        }

        private Value record(Schema schema, String pointer) {
            if (within.contains(schema.getFullName())) {
                return mistake(pointer, schema.getFullName() + " is within itself, which columns cannot be");
            }
            if (schema.getFields().isEmpty()) {
                return mistake(pointer, "a record needs a field");
            }
            within.push(schema.getFullName());
            List<Column> columns = new ArrayList<>();
            for (Schema.Field field : schema.getFields()) {
                columns.add(new Column(field, field(field, pointer + "/" + field.name())));
            }
            within.pop();
            return new RecordValue(schema, columns, ignoreUnknown);
        }

        private Value field(Schema.Field field, String pointer) {
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
