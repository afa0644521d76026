package io.wadi.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.runtime.config.Excerpt;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Thrown if a JSON value does not match an Avro schema. It has no stack trace, since clients can cause it at any rate.
 */
public final class AvroMismatch extends IllegalArgumentException {
    /** 60 characters and an ellipsis. */
    private static final int MAX_QUOTED = 61;

    private final String pointer;
    private final String text;

    private AvroMismatch(String pointer, String text, String message, Throwable cause) {
        super((pointer.isEmpty() ? "" : pointer + ": ") + message, cause);
        this.pointer = pointer;
        this.text = text;
    }

    /** Returns the mismatch for a wrong or missing value. */
    static AvroMismatch found(String pointer, JsonNode value, Schema schema, Throwable cause) {
        String expected = expected(schema);
        if (value.isMissingNode()) {
            String text = "missing; the schema has no default for it, expected " + expected;
            return new AvroMismatch(pointer, text, text, cause);
        }
        String form = "found %s, expected " + expected.replace("%", "%%");
        return new AvroMismatch(
                pointer, form.formatted(kind(value)), form.formatted(Excerpt.of(value.toString(), MAX_QUOTED)), cause);
    }

    /** Returns the mismatch with a text of its own. */
    public static AvroMismatch of(String pointer, String text) {
        return new AvroMismatch(pointer, text, text, null);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            default -> "a string";
        };
    }

    private static String expected(Schema schema) {
        LogicalType logical = schema.getLogicalType();
        ChronoUnit unit = TimeUnits.ofTimestamp(logical);
        if (unit != null) {
            return (TimeUnits.isLocal(logical)
                            ? "a time without an offset such as 2026-11-22T07:00:00.%s, or %s since 1970"
                            : "a time such as 2026-11-22T07:00:00.%sZ, or %s since 1970")
                    .formatted(TimeUnits.fraction(unit), TimeUnits.name(unit));
        }
        unit = TimeUnits.ofTime(logical);
        if (unit != null) {
            return "a time of day such as 07:00:00.%s, or %s since midnight"
                    .formatted(TimeUnits.fraction(unit), TimeUnits.name(unit));
        }
        if (logical instanceof LogicalTypes.Date) {
            return "a date such as 2026-11-22, or days since 1970";
        }
        if (logical instanceof LogicalTypes.Decimal decimal) {
            return "a number of %d digits, %d of them after the point"
                    .formatted(decimal.getPrecision(), decimal.getScale());
        }
        return switch (schema.getType()) {
            case RECORD -> "an object, " + schema.getFullName();
            case MAP -> "an object";
            case ARRAY -> "an array";
            case UNION -> schema.getTypes().stream().map(AvroMismatch::expected).collect(Collectors.joining(" or "));
            case STRING -> "a string";
            case ENUM -> "one of \"" + String.join("\", \"", schema.getEnumSymbols()) + "\"";
            case BOOLEAN -> "a boolean";
            case INT -> "an integer from %d to %d".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> "an integer from %d to %d".formatted(Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> "a number that a float can hold";
            case DOUBLE -> "a number that a double can hold";
            case BYTES -> "bytes in base64";
            case FIXED -> "%d bytes in base64".formatted(schema.getFixedSize());
            case NULL -> "null";
        };
    }

    /** Returns the location as a JSON pointer (RFC 6901), "" for the whole value. */
    public String pointer() {
        return pointer;
    }

    /** Returns the error without the location. It quotes the schema, but nothing of the value except field names. */
    public String text() {
        return text;
    }
}
