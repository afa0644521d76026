package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.Arrays;

/**
 * A body of JSON that is read once, from its beginning to its end, and whose values can be cut out byte for byte. It
 * keeps the {@link JsonRules}, a byte order mark is skipped, and a name has at most 1,024 characters.
 */
public final class JsonBody implements AutoCloseable {
    private static final int LONGEST_NAME = 1024;
    private static final StrictJsonFactory JSON = new StrictJsonFactory(LONGEST_NAME);
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final byte[] body;
    private final int begin;
    private final StrictJsonParser parser;

    /**
     * Begins to read.
     *
     * @throws JsonProcessingException where it is not UTF-8
     */
    public JsonBody(byte[] body) throws JsonProcessingException {
        int mark = BYTE_ORDER_MARK.length;
        boolean marked = body.length >= mark && Arrays.equals(body, 0, mark, BYTE_ORDER_MARK, 0, mark);
        this.body = body;
        this.begin = marked ? mark : 0;
        JsonRules.requireUtf8(body, begin, body.length);
        this.parser = JSON.parser();
        parser.begin(body, begin, body.length);
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
            throw parser.malformed("more than one JSON value");
        }
    }

    /** Where a body is not JSON, as far as the exception says, and why: {@code line 1, column 7: …}. */
    public static String explain(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null
                ? e.getOriginalMessage()
                : "line %d, column %d: %s".formatted(at.getLineNr(), at.getColumnNr(), e.getOriginalMessage());
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
