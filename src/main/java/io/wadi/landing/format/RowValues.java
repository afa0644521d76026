package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.format.JsonText;
import io.wadi.runtime.config.Excerpt;
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

/** Strict readers of JSON values for each type; see {@link RowReader}. */
final class RowValues {
    private static final DateTimeFormatter RFC_3339 = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("[XXX][XX]")
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);
    /** 60 characters and an ellipsis. */
    private static final int MAX_SHOWN_LENGTH = 61;

    private RowValues() {}

    /** Returns an exception that rejects the parser's current token. */
    static RejectedRecordException rejected(JsonParser parser, String allowed) throws IOException {
        return new RejectedRecordException("at \"%s\": found %s, expected %s"
                .formatted(parser.getParsingContext().pathAsPointer(), found(parser), allowed));
    }

    private static String found(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "\"" + Excerpt.of(parser.getText(), MAX_SHOWN_LENGTH) + "\"";
            default -> Excerpt.of(parser.getText(), MAX_SHOWN_LENGTH);
        };
    }

    private static String text(JsonParser parser, String text) throws IOException, RejectedRecordException {
        int lone = JsonText.unpairedSurrogate(text);
        if (lone >= 0) {
            throw new RejectedRecordException(
                    "at \"%s\": found an unpaired surrogate (\\u%04x) at index %d of the string, which UTF-8 cannot encode"
                            .formatted(parser.getParsingContext().pathAsPointer(), (int) text.charAt(lone), lone));
        }
        return text;
    }

    static RowValue string(Schema schema) {
        if (!(schema.getObjectProp(RowReader.ENUM) instanceof List<?> values)) {
            return parser -> {
                if (parser.currentToken() != JsonToken.VALUE_STRING) {
                    throw rejected(parser, "a string");
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
                throw rejected(parser, "one of \"" + String.join("\", \"", values.keySet()) + "\"");
            }
            return value;
        };
    }

    static Object bool(JsonParser parser) throws IOException, RejectedRecordException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw rejected(parser, "true or false");
        };
    }

    static long whole(JsonParser parser, long min, long max) throws IOException, RejectedRecordException {
        if (parser.currentToken().isNumeric()) {
            try {
                long value = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                        ? parser.getLongValue()
                        : exact(parser).longValueExact();
                if (min <= value && value <= max) {
                    return value;
                }
            } catch (ArithmeticException e) {
                throw rejected(parser, "a whole number from " + min + " to " + max);
            }
        }
        throw rejected(parser, "a whole number from " + min + " to " + max);
    }

    private static BigDecimal exact(JsonParser parser) throws IOException, RejectedRecordException {
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException e) {
            throw rejected(parser, "a number with a shorter exponent");
        }
    }

    /**
     * Returns the nearest number of a floating-point type; whole numbers must be exact.
     *
     * @param max the type's greatest number
     * @param maxExact the type represents all whole numbers up to this one
     */
    private static double decimal(JsonParser parser, double max, double maxExact, DoubleUnaryOperator nearest)
            throws IOException, RejectedRecordException {
        if (!parser.currentToken().isNumeric()) {
            throw rejected(parser, "a number");
        }
        double value = nearest.applyAsDouble(parser.getDoubleValue());
        if (Math.abs(value) > max) {
            throw rejected(parser, "a number from " + -max + " to " + max);
        }
        if (Math.abs(value) >= maxExact
                && parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && new BigDecimal(value).compareTo(exact(parser)) != 0) {
            throw rejected(
                    parser, "a whole number that the column can represent exactly, such as " + new BigDecimal(value));
        }
        return value;
    }

    static Object doubleValue(JsonParser parser) throws IOException, RejectedRecordException {
        return decimal(parser, Double.MAX_VALUE, 1L << 53, value -> value);
    }

    static Object floatValue(JsonParser parser) throws IOException, RejectedRecordException {
        return (float) decimal(parser, Float.MAX_VALUE, 1L << 24, value -> (float) value);
    }

    static RowValue dateTime(Schema schema) {
        if (schema.getObjectProp(RowReader.ENUM) == null) {
            return RowValues::dateTime;
        }
        RowValue allowed = string(schema);
        return parser -> {
            allowed.read(parser);
            return dateTime(parser);
        };
    }

    private static Object dateTime(JsonParser parser) throws IOException, RejectedRecordException {
        String allowed = "a date-time with an offset and whole milliseconds, such as 2021-04-14T12:34:56.789+09:00";
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw rejected(parser, allowed);
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(parser.getText(), RFC_3339);
            if (time.getNano() % 1_000_000 == 0) {
                return time.toInstant().toEpochMilli();
            }
        } catch (DateTimeException | ArithmeticException e) { // the latter for milliseconds that exceed a long
            throw rejected(parser, allowed);
        }
        throw rejected(parser, allowed);
    }

    static RowValue array(Schema schema, RowValue items) {
        return parser -> {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw rejected(parser, "an array");
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
                throw rejected(parser, "an object");
            }
            Map<String, Object> entries = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = text(parser, parser.currentName());
                if (entries.containsKey(name)) {
                    throw rejected(parser, "each name once in an object");
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
