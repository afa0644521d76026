package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** How each kind of value is read from JSON: strictly, see {@link RowReader}. */
final class RowValues {
    private static final DateTimeFormatter RFC_3339 = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("[XXX][XX]")
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);
    private static final int SHOWN = 60;

    private RowValues() {}

    /** What stands at the parser's token is not what is allowed there. */
    static RejectedRecordException refused(JsonParser parser, String allowed) throws IOException {
        return new RejectedRecordException("at \"%s\": found %s, allowed is %s"
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

    private static String text(JsonParser parser, String text) throws IOException, RejectedRecordException {
        int lone = Json.loneSurrogate(text);
        if (lone >= 0) {
            throw new RejectedRecordException(
                    "at \"%s\": found half a character (\\u%04x) at %d of the string, which UTF-8 cannot write"
                            .formatted(parser.getParsingContext().pathAsPointer(), (int) text.charAt(lone), lone));
        }
        return text;
    }

    static RowValue string(Schema schema) {
        if (!(schema.getObjectProp(RowReader.ENUM) instanceof List<?> values)) {
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

    static RowValue enumeration(Schema schema) {
        Map<String, Object> allowed = new LinkedHashMap<>();
        schema.getEnumSymbols().forEach(symbol -> allowed.put(symbol, new GenericData.EnumSymbol(schema, symbol)));
        return oneOf(allowed);
    }

    private static RowValue oneOf(Map<String, Object> values) {
        return parser -> {
            Object value = parser.currentToken() == JsonToken.VALUE_STRING ? values.get(parser.getText()) : null;
            if (value == null) {
                throw refused(parser, "one of \"" + String.join("\", \"", values.keySet()) + "\"");
            }
            return value;
        };
    }

    static Object bool(JsonParser parser) throws IOException, RejectedRecordException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw refused(parser, "true or false");
        };
    }

    static long whole(JsonParser parser, long least, long most) throws IOException, RejectedRecordException {
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

    private static BigDecimal exact(JsonParser parser) throws IOException, RejectedRecordException {
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
            throws IOException, RejectedRecordException {
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

    static Object doubleValue(JsonParser parser) throws IOException, RejectedRecordException {
        return decimal(parser, Double.MAX_VALUE, 1L << 53, value -> value);
    }

    static Object floatValue(JsonParser parser) throws IOException, RejectedRecordException {
        return (float) decimal(parser, Float.MAX_VALUE, 1L << 24, value -> (float) value);
    }

    static Object dateTime(JsonParser parser) throws IOException, RejectedRecordException {
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

    static RowValue array(Schema schema, RowValue items) {
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

    static RowValue map(RowValue values) {
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

    static RowValue orNull(RowValue value) {
        return parser -> parser.currentToken() == JsonToken.VALUE_NULL ? null : value.read(parser);
    }
}
