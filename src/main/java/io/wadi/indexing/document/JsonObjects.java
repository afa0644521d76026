package io.wadi.indexing.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.wadi.format.JsonParsers;
import io.wadi.format.JsonText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Converts values to documents, which are one JSON object in one line each: a {@code _bulk} request separates its items
 * by newlines.
 */
final class JsonObjects {
    static final JsonParsers PARSERS = new JsonParsers(JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // UTF-8 only: in UTF-16 the bytes of a line break also occur within characters.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build());
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private JsonObjects() {}

    /**
     * Returns a value as a JSON object in one line: the same buffer if it is in one line, else a copy without line
     * breaks and byte order mark.
     *
     * @param consumed the remaining bytes of a buffer with an array
     * @throws IllegalArgumentException if it is not exactly one JSON object; the message contains the position and the
     *    error
     */
    static ByteBuffer inOneLine(ByteBuffer consumed) {
        return inOneLine(consumed, field -> true);
    }

    /**
     * Like {@link #inOneLine(ByteBuffer)}, with a condition for the names of top-level fields.
     *
     * @throws IllegalArgumentException also if a field is not allowed
     */
    static ByteBuffer inOneLine(ByteBuffer consumed, Predicate<String> isAllowed) {
        if (consumed == null) {
            throw new IllegalArgumentException("found no value (a tombstone), expected a JSON object");
        }
        ByteBuffer value = withoutByteOrderMark(consumed);
        check(value, isAllowed);
        for (int i = value.position(); i < value.limit(); i++) {
            if (isLineBreak(value.get(i))) {
                return withSpaces(value);
            }
        }
        return value;
    }

    /**
     * Returns a JSON object with one more field, before the others.
     *
     * @param json an object in one line, without a field of that name
     * @param value JSON in one line
     */
    static ByteBuffer withField(ByteBuffer json, String name, byte[] value) {
        ByteBuffer rest = afterBrace(json);
        byte[] quoted = quoted(name);
        ByteBuffer whole = ByteBuffer.allocate(3 + quoted.length + value.length + rest.remaining());
        whole.put((byte) '{').put(quoted).put((byte) ':').put(value);
        if (!isEmpty(rest)) {
            whole.put((byte) ',');
        }
        return whole.put(rest).flip();
    }

    /** Returns a string as JSON. */
    static byte[] quoted(String text) {
        return ("\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"").getBytes(UTF_8);
    }

    private static ByteBuffer afterBrace(ByteBuffer json) {
        int brace = json.position();
        while (json.get(brace) != '{') {
            brace++; // white space
        }
        return json.duplicate().position(brace + 1);
    }

    private static boolean isEmpty(ByteBuffer afterBrace) {
        int next = afterBrace.position();
        while (Character.isWhitespace(afterBrace.get(next))) {
            next++;
        }
        return afterBrace.get(next) == '}';
    }

    private static boolean isLineBreak(byte next) {
        return next == '\n' || next == '\r';
    }

    /**
     * Replaces line breaks by spaces. In JSON a raw line break occurs only between tokens, where a space is equivalent.
     */
    private static ByteBuffer withSpaces(ByteBuffer value) {
        byte[] line = new byte[value.remaining()];
        value.get(value.position(), line);
        for (int i = 0; i < line.length; i++) {
            line[i] = isLineBreak(line[i]) ? (byte) ' ' : line[i];
        }
        return ByteBuffer.wrap(line);
    }

    private static ByteBuffer withoutByteOrderMark(ByteBuffer value) {
        int mark = BYTE_ORDER_MARK.length;
        int from = value.arrayOffset() + value.position();
        boolean marked =
                value.remaining() >= mark && Arrays.equals(value.array(), from, from + mark, BYTE_ORDER_MARK, 0, mark);
        return marked ? value.slice(value.position() + mark, value.remaining() - mark) : value;
    }

    private static void check(ByteBuffer value, Predicate<String> isAllowed) {
        try {
            PARSERS.parse(value, parser -> check(parser, isAllowed));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + JsonParsers.reason(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Void check(JsonParser parser, Predicate<String> isAllowed) throws IOException {
        expectObject(parser);
        int depth = 1;
        while (depth > 0) {
            switch (parser.nextToken()) {
                case START_OBJECT, START_ARRAY -> depth++;
                case END_OBJECT, END_ARRAY -> depth--;
                case FIELD_NAME -> {
                    requireUnicodeName(parser);
                    if (depth == 1 && !isAllowed.test(parser.currentName())) {
                        throw new IllegalArgumentException(
                                "field " + parser.currentName() + " is reserved for Wadi: expected another name");
                    }
                }
                default -> {
                    // A value has no names.
                }
            }
        }
        expectEnd(parser);
        return null;
    }

    /**
     * Rejects unpaired surrogates, which Jackson decodes from some bytes that are not UTF-8. Elasticsearch does so too,
     * and accepts the document. Lucene replaces them by U+FFFD: if two names are equal then, the shard cannot be opened
     * again, and the index becomes red.
     */
    private static void requireUnicodeName(JsonParser parser) throws IOException {
        if (JsonText.unpairedSurrogate(parser.currentName()) >= 0) {
            throw new JsonParseException(
                    parser, "Invalid UTF-8 in field name: unpaired surrogate", parser.currentTokenLocation());
        }
    }

    private static void expectObject(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("found " + found(parser.currentToken()) + ", expected a JSON object");
        }
    }

    private static String found(JsonToken first) {
        if (first == null) {
            return "an empty value";
        }
        return switch (first) {
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_NULL -> "null";
            default -> "a boolean";
        };
    }

    private static void expectEnd(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new IllegalArgumentException("found more than one JSON value, expected one JSON object");
        }
    }
}
