package io.wadi.extension.connectors.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BinaryNode;
import io.wadi.format.JsonParsers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes JSON. Numbers keep all digits, and are written without exponent unless that takes more than
 * {@value BoundedDecimals#MAX_ZEROS} zeros.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .addDecorator((factory, generator) -> new BoundedDecimals(generator))
                    .build())
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);
    private static final ObjectWriter WRITER = MAPPER.writer();

    private Json() {}

    /**
     * Parses one JSON value with nothing after it.
     *
     * @throws IllegalArgumentException if the input is empty or not JSON; the message has the position
     */
    public static JsonNode tree(byte[] bytes) {
        try {
            JsonNode read = READER.readTree(bytes);
            if (read.isMissingNode()) {
                throw new IllegalArgumentException("found nothing, expected JSON");
            }
            return read;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + JsonParsers.reason(e), e);
        } catch (IOException e) {
            // Jackson's readers of UTF-16 and UTF-32 throw this.
            throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a Java object from its JSON properties.
     *
     * @throws IllegalArgumentException if the text is not such an object
     */
    public static <T> T read(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "not a %s in JSON: %s".formatted(type.getSimpleName(), e.getOriginalMessage()), e);
        }
    }

    /** Writes a JSON tree, or the properties of a Java object. */
    public static String text(Object value) {
        return new String(bytes(value), UTF_8);
    }

    /** Writes a JSON tree, or the properties of a Java object, in UTF-8. */
    public static byte[] bytes(Object value) {
        try {
            return WRITER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Converts JSON to Kafka Connect's data without a schema: maps, lists, strings, booleans, longs and byte arrays.
     * Decimals become BigDecimal, and integers that exceed a long BigInteger, so that they keep their digits.
     */
    public static Object withoutSchema(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                json.properties().forEach(field -> map.put(field.getKey(), withoutSchema(field.getValue())));
                yield map;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>(json.size());
                json.forEach(element -> list.add(withoutSchema(element)));
                yield list;
            }
            case NUMBER -> json.isIntegralNumber() && json.canConvertToLong() ? json.longValue() : number(json);
            case BOOLEAN -> json.booleanValue();
            case BINARY -> ((BinaryNode) json).binaryValue();
            case NULL, MISSING -> null;
            default -> json.textValue();
        };
    }

    private static Number number(JsonNode json) {
        return json.isIntegralNumber() ? json.bigIntegerValue() : json.decimalValue();
    }
}
