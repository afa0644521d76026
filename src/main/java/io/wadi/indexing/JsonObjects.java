package io.wadi.indexing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Checks that a value can be a document: one JSON object; a {@code _bulk} request separates its items by newlines. */
final class JsonObjects {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // UTF-8 only: in UTF-16 the bytes of a line break stand within letters too.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private JsonObjects() {}

    /**
     * The value as a JSON object in one line: the same bytes where it is that already, else without its line breaks and
     * without a byte order mark.
     *
     * @throws IllegalArgumentException where it is not exactly one JSON object; the message says where and what
     */
    static byte[] inOneLine(byte[] consumed) {
        if (consumed == null) {
            throw new IllegalArgumentException("no value (a tombstone); a document is a JSON object");
        }
        byte[] value = withoutByteOrderMark(consumed);
        check(value);
        byte[] line = value;
        for (int i = 0; i < value.length; i++) {
            if (value[i] == '\n' || value[i] == '\r') {
                // In JSON a raw line break stands between tokens only, where a blank means the same.
                line = line == value ? value.clone() : line;
                line[i] = ' ';
            }
        }
        return line;
    }

    private static byte[] withoutByteOrderMark(byte[] value) {
        int mark = BYTE_ORDER_MARK.length;
        boolean marked = value.length >= mark && Arrays.equals(value, 0, mark, BYTE_ORDER_MARK, 0, mark);
        return marked ? Arrays.copyOfRange(value, mark, value.length) : value;
    }

    private static void check(byte[] value) {
        try (JsonParser parser = JSON.createParser(value)) {
            expectObject(parser);
            parser.skipChildren();
            expectEnd(parser);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + position(e) + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty where a limit, such as that on nesting, was reached: Jackson does not say where. */
    private static String position(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr());
    }

    private static void expectObject(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException(
                    "begins with " + parser.currentToken() + "; a document is a JSON object");
        }
    }

    private static void expectEnd(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new IllegalArgumentException("more than one JSON value; a document is one JSON object");
        }
    }
}
