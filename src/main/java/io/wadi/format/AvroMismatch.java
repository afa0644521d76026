package io.wadi.format;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Thrown if a JSON value does not match an Avro schema. It has no stack trace: clients determine how often it is
 * thrown.
 */
public final class AvroMismatch extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private static final int MAX_QUOTED = 60;

    private final String pointer;
    private final String text;

    private AvroMismatch(String pointer, String text, String message, Throwable cause) {
        super((pointer.isEmpty() ? "" : pointer + ": ") + message, cause);
        this.pointer = pointer;
        this.text = text;
    }

    /** Returns the error for a wrong or missing value. */
    static AvroMismatch found(String pointer, JsonNode value, String expected, Throwable cause) {
        if (value.isMissingNode()) {
            String text = "missing; the schema has no default for it, expected " + expected;
            return new AvroMismatch(pointer, text, text, cause);
        }
        String form = "found %s, expected " + expected.replace("%", "%%");
        return new AvroMismatch(
                pointer, form.formatted(kind(value)), form.formatted(shortened(value.toString())), cause);
    }

    /** Returns any other error. */
    static AvroMismatch of(String pointer, String text) {
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

    private static String shortened(String text) {
        return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "…";
    }

    /** Returns the location as a JSON pointer (RFC 6901), "" for the whole value. */
    public String pointer() {
        return pointer;
    }

    /** Returns the error without the location; it quotes the schema, and of the value only field names. */
    public String text() {
        return text;
    }
}
