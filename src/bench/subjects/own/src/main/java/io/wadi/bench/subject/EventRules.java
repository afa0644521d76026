package io.wadi.bench.subject;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Validates events: one JSON object in UTF-8 without duplicate names and, optionally, with the schema of the
 * benchmark's events, as handwritten code.
 */
final class EventRules {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();
    private static final JsonFactory WITHOUT_DUPLICATES =
            JSON.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final Set<String> COLORS = Set.of("red", "green", "blue", "yellow", "purple");
    private static final int TIMESTAMP = 1;
    private static final int USER_AGENT = 2;
    private static final int COLOR = 4;
    private static final int USER = 8;

    private EventRules() {}

    /** Returns why an event is invalid; null if it is valid. */
    static String problem(byte[] body, int offset, int length, boolean schema) {
        if (!isUtf8(body, offset, length)) {
            return "not UTF-8";
        }
        try (JsonParser parser = (schema ? JSON : WITHOUT_DUPLICATES).createParser(body, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return "expected a JSON object";
            }
            String problem = null;
            if (schema) {
                problem = violation(parser);
            } else {
                parser.skipChildren();
            }
            return problem == null && parser.nextToken() != null ? "more than one JSON value" : problem;
        } catch (IOException e) {
            return "malformed JSON";
        }
    }

    private static String violation(JsonParser parser) throws IOException {
        int found = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                return "expected a string";
            }
            int property = property(name);
            if (property == 0 || (found & property) != 0) {
                return "a property that is unknown or there twice";
            }
            found |= property;
            if (!isValid(property, parser)) {
                return "a property with a value that is not allowed";
            }
        }
        return found == (TIMESTAMP | USER_AGENT | COLOR | USER) ? null : "a property is missing";
    }

    private static int property(String name) {
        return switch (name) {
            case "timestamp" -> TIMESTAMP;
            case "userAgent" -> USER_AGENT;
            case "colorName" -> COLOR;
            case "userName" -> USER;
            default -> 0;
        };
    }

    private static boolean isValid(int property, JsonParser parser) throws IOException {
        int length = parser.getTextLength();
        return switch (property) {
            case TIMESTAMP -> length >= 20 && length <= 40;
            case USER_AGENT -> length <= 512;
            case USER -> length >= 1 && length <= 256;
            default -> COLORS.contains(parser.getText());
        };
    }

    private static boolean isUtf8(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return isDecodable(bytes, i, offset + length - i);
            }
        }
        return true;
    }

    private static boolean isDecodable(byte[] bytes, int offset, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
