package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/**
 * A JSON body that is read once, from start to end. Values can be copied byte for byte. The body must conform to the
 * {@link JsonRules}; a byte order mark is skipped.
 */
public final class JsonBody implements AutoCloseable {
    private static final StrictJsonFactory JSON = new StrictJsonFactory();
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final byte[] body;
    private final int begin;
    private final StrictJsonParser parser;
    /** The index up to which the body is known to be UTF-8. */
    private int checked;

    private JsonBody(byte[] body, StrictJsonParser parser) {
        this.body = body;
        this.begin = begin(body);
        this.checked = begin;
        this.parser = parser;
        parser.begin(body, begin, body.length);
    }

    /** Returns the index at which a body begins: after a byte order mark, if it has one. */
    public static int begin(byte[] body) {
        int mark = BYTE_ORDER_MARK.length;
        boolean marked = body.length >= mark && Arrays.equals(body, 0, mark, BYTE_ORDER_MARK, 0, mark);
        return marked ? mark : 0;
    }

    /**
     * Starts reading the body of one event.
     *
     * @throws JsonProcessingException if the body is not UTF-8
     */
    public JsonBody(byte[] body) throws JsonProcessingException {
        this(body, JSON.parserWithOwnNames());
        requireUtf8(body.length);
    }

    /**
     * Starts reading a body of many values, which may be much longer than an event: {@link #checkRead} and {@link #end}
     * require it to be UTF-8, not this method. Its parser throws {@link RequestException} 413 if an object and its
     * enclosing objects have too many names, or if all names are too long together.
     */
    public static JsonBody ofMany(byte[] body) {
        StrictJsonParser parser = JSON.parserWithOwnNames();
        parser.readBody();
        return new JsonBody(body, parser);
    }

    /** Returns the parser, which throws {@link JsonProcessingException} for invalid JSON. */
    public StrictJsonParser parser() {
        return parser;
    }

    /** Requires what the parser has read to be UTF-8. */
    public void checkRead() throws JsonProcessingException {
        requireUtf8(parser.position());
    }

    private void requireUtf8(int to) throws MalformedJsonException {
        JsonRules.requireUtf8(body, begin, checked, to);
        checked = to;
    }

    /** Returns the string at the parser's current token, which the parser has not read yet. */
    public JsonString string() {
        return JsonString.at(body, begin + (int) parser.currentTokenLocation().getByteOffset());
    }

    /**
     * Returns the bytes of the value at the parser's current token, and moves the parser to the end of an object or an
     * array. The parser checks a string when it reads on.
     */
    public byte[] copyValue() throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return string().copy();
        }
        int start = begin + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int end = begin + (int) parser.currentLocation().getByteOffset();
        return Arrays.copyOfRange(body, start, end);
    }

    /** Requires that only whitespace is left, and that the whole body is UTF-8. */
    public void end() throws IOException {
        if (parser.nextToken() != null) {
            throw parser.malformed("more than one JSON value");
        }
        requireUtf8(body.length);
    }

    /**
     * Returns why the body is not JSON, with the location if known: {@code line 1, column 7: …}. In a body that is not
     * UTF-8 this is the first malformed character, whatever the parser has found.
     */
    public String explainBody(JsonProcessingException found) {
        try {
            requireUtf8(body.length);
        } catch (MalformedJsonException notUtf8) {
            return explain(notUtf8);
        }
        return explain(found);
    }

    /** Returns the message of an error with its location, if known: {@code line 1, column 7: …}. */
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
