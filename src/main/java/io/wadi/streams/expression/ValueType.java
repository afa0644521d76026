package io.wadi.streams.expression;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.wadi.format.JsonText;
import io.wadi.kafka.Causes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** The type of a serialized key or value. All types serialize null as null, and deserialize null as null. */
public enum ValueType {
    /** UTF-8; other scalars as text, objects and lists as JSON. */
    STRING('s') {
        @Override
        Object parse(byte[] bytes) {
            String text = new String(bytes, UTF_8);
            if (text.indexOf(REPLACEMENT) >= 0 && !Arrays.equals(bytes, text.getBytes(UTF_8))) {
                throw new IllegalArgumentException("is not UTF-8");
            }
            return text;
        }

        @Override
        byte[] format(Object value) {
            if (value instanceof byte[] bytes) {
                return bytes;
            }
            if (value instanceof JsonNode node) {
                return node.isTextual() ? JsonText.utf8(node.textValue()) : JSON.format(node);
            }
            return value instanceof Map || value instanceof Collection
                    ? JSON.format(value)
                    : JsonText.utf8(value.toString());
        }
    },
    /** A 64-bit integer, as Kafka's LongSerializer writes it. */
    LONG('l') {
        @Override
        Object parse(byte[] bytes) {
            return eight(bytes, "a long").getLong();
        }

        @Override
        byte[] format(Object value) {
            Number number = Numbers.of(value);
            if (!(number instanceof Long whole)) {
                throw new IllegalArgumentException(
                        "is %s, expected a whole number without a fraction or exponent, of up to 64 bits"
                                .formatted(value));
            }
            return ByteBuffer.allocate(Long.BYTES).putLong(whole).array();
        }
    },
    /** A 64-bit floating-point number, as Kafka's DoubleSerializer writes it. */
    DOUBLE('d') {
        @Override
        Object parse(byte[] bytes) {
            return eight(bytes, "a double").getDouble();
        }

        @Override
        byte[] format(Object value) {
            return ByteBuffer.allocate(Double.BYTES)
                    .putDouble(Numbers.of(value).doubleValue())
                    .array();
        }
    },
    /** JSON, with objects as maps and arrays as lists. */
    JSON('j') {
        @Override
        Object parse(byte[] bytes) {
            try {
                return READER.readValue(bytes);
            } catch (IOException e) {
                throw new IllegalArgumentException("is not JSON: " + Causes.inShort(e), e);
            }
        }

        @Override
        byte[] format(Object value) {
            try {
                return MAPPER.writeValueAsBytes(value);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("cannot be converted to JSON: " + e.getOriginalMessage(), e);
            }
        }
    },
    /** Unchanged bytes. */
    BYTES('b') {
        @Override
        Object parse(byte[] bytes) {
            return bytes;
        }

        @Override
        byte[] format(Object value) {
            if (value instanceof byte[] bytes) {
                return bytes;
            }
            if (plain(value) instanceof String text) {
                return JsonText.utf8(text);
            }
            throw new IllegalArgumentException("is %s, expected bytes or a text".formatted(text(value)));
        }
    };

    private static final char REPLACEMENT = '\uFFFD';
    /** Writes characters beyond U+FFFF in UTF-8, not as escapes of 12 bytes. */
    private static final ObjectMapper MAPPER = JsonMapper.builder(new JsonFactoryBuilder()
                    .addDecorator((factory, json) -> new FiniteNumbers(json))
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private static final ObjectReader READER = MAPPER.readerFor(Object.class);
    private static final ObjectReader TREES = MAPPER.reader();

    private final byte tag;

    ValueType(char tag) {
        this.tag = (byte) tag;
    }

    /** Returns the name of the type in files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    byte tag() {
        return tag;
    }

    static ValueType ofTag(byte tag) {
        return Arrays.stream(values())
                .filter(type -> type.tag == tag)
                .findFirst()
                .orElseThrow();
    }

    /** Like {@link #read}, for bytes that are not null. */
    abstract Object parse(byte[] bytes);

    /** Like {@link #write}, for values that are not null. */
    abstract byte[] format(Object value);

    /**
     * Deserializes bytes.
     *
     * @throws IllegalArgumentException if the bytes are not of this type; the message continues a sentence that begins
     *     with the name of the value
     */
    public final Object read(byte[] bytes) {
        return bytes == null ? null : parse(bytes);
    }

    /**
     * Serializes a value.
     *
     * @throws IllegalArgumentException if the value cannot be of this type; the message continues a sentence that
     *     begins with the name of the value
     */
    public final byte[] write(Object value) {
        return value == null || value instanceof NullNode || value instanceof MissingNode ? null : format(value);
    }

    /**
     * Returns a value as text, or as JSON.
     *
     * @throws IllegalArgumentException if the value is nested too deeply, for which {@code toString()} throws other
     *     exceptions
     */
    static String text(Object value) {
        byte[] text = STRING.write(value);
        return text == null ? "null" : new String(text, UTF_8);
    }

    /** Returns a value as maps, lists, strings and numbers. */
    public static Object plain(Object value) {
        if (!(value instanceof JsonNode node)) {
            return value;
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        try {
            return node.isNumber() ? node.numberValue() : MAPPER.treeToValue(node, Object.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    /** Returns a value as a JSON tree. Scalars are converted without serialization. */
    public static JsonNode tree(Object value) {
        if (value instanceof JsonNode node) {
            return node;
        }
        if (value instanceof String text) {
            return TextNode.valueOf(text);
        }
        return value instanceof Long whole ? LongNode.valueOf(whole) : MAPPER.valueToTree(value);
    }

    /**
     * Like {@link #read}, but returns JSON as a tree.
     *
     * @throws IllegalArgumentException like {@link #read}
     */
    public final Object readTree(byte[] bytes) {
        if (this != JSON || bytes == null) {
            return read(bytes);
        }
        try {
            JsonNode tree = TREES.readTree(bytes);
            if (tree.isMissingNode()) {
                throw new IllegalArgumentException("is not JSON: it is empty");
            }
            return tree;
        } catch (IOException e) {
            throw new IllegalArgumentException("is not JSON: " + Causes.inShort(e), e);
        }
    }

    private static ByteBuffer eight(byte[] bytes, String type) {
        if (bytes.length != Long.BYTES) {
            throw new IllegalArgumentException("has %d bytes, expected %s of 8 bytes".formatted(bytes.length, type));
        }
        return ByteBuffer.wrap(bytes);
    }
}
