package io.wadi.streams.expression;

import io.wadi.format.JsonText;
import java.util.Arrays;

/** Serialization of values of any type, as a type tag and the value, for internal topics of Kafka Streams. */
public final class TaggedValue {
    private TaggedValue() {}

    /** Serializes a record's value: as its original bytes if no step has changed it. */
    public static byte[] write(EvaluatedRecord event) {
        EvaluatedRecord.Original original = event.original();
        if (original != null) {
            return tagged(original.type().tag(), original.bytes());
        }
        ValueType type = typeOf(event.value());
        byte[] content = type.write(event.value());
        return content == null ? null : tagged(type.tag(), content);
    }

    private static byte[] tagged(byte tag, byte[] content) {
        byte[] bytes = new byte[content.length + 1];
        bytes[0] = tag;
        System.arraycopy(content, 0, bytes, 1, content.length);
        return bytes;
    }

    private static ValueType typeOf(Object value) {
        if (value instanceof String text) {
            // JSON escapes unpaired surrogates.
            return JsonText.unpairedSurrogate(text) < 0 ? ValueType.STRING : ValueType.JSON;
        }
        if (value instanceof Long) {
            return ValueType.LONG;
        }
        if (value instanceof Double) {
            return ValueType.DOUBLE;
        }
        return value instanceof byte[] ? ValueType.BYTES : ValueType.JSON;
    }

    /**
     * Sets the value of a record to a deserialized one.
     *
     * @param bytes the serialized value; null for a null value
     * @param unchanged the type of original bytes; null if a step has changed the value
     */
    public static void read(byte[] bytes, ValueType unchanged, EvaluatedRecord event) {
        if (bytes == null) {
            event.value(null, null);
            return;
        }
        ValueType type = ValueType.ofTag(bytes[0]);
        byte[] content = Arrays.copyOfRange(bytes, 1, bytes.length);
        event.value(type.read(content), type == unchanged ? new EvaluatedRecord.Original(type, content) : null);
    }
}
