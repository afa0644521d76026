package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Arrays;

/**
 * A body of JSON that is read once, from its beginning to its end, and whose values can be cut out byte for byte. It
 * keeps the {@link JsonRules}, a byte order mark is skipped, and a name has at most 1,024 characters.
 */
public final class JsonBody implements AutoCloseable {
    private static final int LONGEST_NAME = 1024;
    private static final JsonFactory JSON = JsonRules.parsers(
            StreamReadConstraints.builder().maxNameLength(LONGEST_NAME).build());
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final byte[] body;
    private final int begin;
    private final JsonParser parser;

    /**
     * Begins to read.
     *
     * @throws JsonProcessingException where it is not UTF-8
     */
    public JsonBody(byte[] body) throws IOException {
        int mark = BYTE_ORDER_MARK.length;
        boolean marked = body.length >= mark && Arrays.equals(body, 0, mark, BYTE_ORDER_MARK, 0, mark);
        this.body = body;
        this.begin = marked ? mark : 0;
        JsonRules.requireUtf8(body, begin, body.length);
        this.parser = JSON.createParser(body, begin, body.length - begin);
    }

    /** Where the reading stands. What is not JSON is a {@link JsonProcessingException}. */
    public JsonParser parser() {
        return parser;
    }

    /** The bytes of the value that the parser stands at the beginning of; afterwards it stands at the value's end. */
    public byte[] cut() throws IOException {
        int start = begin + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int end = begin + (int) parser.currentLocation().getByteOffset();
        return Arrays.copyOfRange(body, start, end);
    }

    /** Insists that nothing but blanks is left. */
    public void end() throws IOException {
        if (parser.nextToken() != null) {
            throw new JsonParseException(parser, "more than one JSON value");
        }
    }

    /** Where a body is not JSON, and why: {@code line 1, column 7: …}. */
    public static String explain(JsonProcessingException e) {
        JsonLocation at = e.getLocation() == null ? JsonLocation.NA : e.getLocation();
        return "line %d, column %d: %s"
                .formatted(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()), e.getOriginalMessage());
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
