package io.wadi.streams.expression;

import io.wadi.format.JsonText;
import java.util.Arrays;

/** Serialization of values of any type, as a type tag and the value, for internal topics of Kafka Streams. */
public final class TaggedValue {
    private TaggedValue() {}

    public static byte[] write(Object value) {
        ValueType type = typeOf(value);
        byte[] content = type.write(value);
        if (content == null) {
            return null;
        }
        byte[] bytes = new byte[content.length + 1];
        bytes[0] = type.tag();
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

    public static Object read(byte[] bytes) {
        return bytes == null ? null : ValueType.ofTag(bytes[0]).read(Arrays.copyOfRange(bytes, 1, bytes.length));
    }
}
