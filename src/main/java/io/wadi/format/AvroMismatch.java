package io.wadi.format;

import com.fasterxml.jackson.databind.JsonNode;

/** A value of JSON that does not fit an Avro schema. Without a stack trace: clients decide how many there are. */
public final class AvroMismatch extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private static final int SHOWN = 60;

    private final String pointer;
    private final String text;

    private AvroMismatch(String pointer, String text, String message, Throwable cause) {
        super((pointer.isEmpty() ? "" : pointer + ": ") + message, cause);
        this.pointer = pointer;
        this.text = text;
    }

    /** There is something else than what is allowed at a place, or nothing. */
    static AvroMismatch found(String pointer, JsonNode value, String allowed, Throwable cause) {
        if (value.isMissingNode()) {
            String text = "missing; the schema has no default for it, allowed is " + allowed;
            return new AvroMismatch(pointer, text, text, cause);
        }
        String form = "found %s, allowed is " + allowed.replace("%", "%%");
        return new AvroMismatch(
                pointer, form.formatted(kind(value)), form.formatted(shortened(value.toString())), cause);
    }

    /** There is what the schema has not. */
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
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    /** The place as a JSON pointer (RFC 6901), "" for all of the value. */
    public String pointer() {
        return pointer;
    }

    /** What was found and what is allowed, without the place; quotes the schema, and of the value no more than names. */
    public String text() {
        return text;
    }
}
