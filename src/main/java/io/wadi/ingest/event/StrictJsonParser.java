package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.DupDetector;
import com.fasterxml.jackson.core.json.JsonReadContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;

/**
 * A parser that enforces the {@link JsonRules} and is reusable, even after errors in earlier input. It throws {@link
 * MalformedJsonException}, with messages that do not name Jackson's features, and {@link JsonLimitException}.
 */
public final class StrictJsonParser extends UTF8StreamJsonParser {
    /** The parser's buffers; the largest is the last part of a text, of up to 64 Ki characters. */
    private static final long BUFFER_BYTES = 160 << 10;
    /** The memory of a character of the latest text: in the parts of the text, and in a string or array of all. */
    private static final long CHARACTER_BYTES = 2L * Character.BYTES;
    /** The memory of a name in the table of names, besides its characters, and of one kept to find duplicates. */
    private static final long NAME_BYTES = 100;

    /** Maximum number of names that are kept, about 100 bytes each. */
    private static final int MAX_NAMES = 100_000;
    /** Maximum characters of names in the table, since Jackson copies all of them for every few names that it adds. */
    private static final int MAX_NAMES_LENGTH = 2 << 20;

    private static final byte[] NONE = {};
    /**
     * The beginnings of those parts of Jackson's messages that are removed, since they are useless to a client:
     * features of the parser and locations in its buffer.
     */
    private static final List<String> INTERNALS = List.of(
            ": enable `",
            " (consider enabling `",
            " (not recognized as one since Feature",
            " (start marker at [",
            " (for Object starting at [",
            " (for Array starting at [");

    private final Context root;
    /** Whether the input is the body of a request, of many values, rather than one event. */
    private boolean isBody;
    /** The number of names that are kept: those of the object that is being read and of its enclosing objects. */
    private int namesKept;
    /** The number of names in the table. */
    private int namesInTable;
    /** The characters of the names that the input has added to the table. */
    private long namesLength;

    private int maxPosition = Integer.MAX_VALUE;

    StrictJsonParser(IOContext context, int features, ByteQuadsCanonicalizer names) {
        super(context, features, null, null, names, NONE, 0, 0, 0, false);
        root = new Context(null, 0, DupDetector.rootDetector(this), JsonStreamContext.TYPE_ROOT, 1, 0);
    }

    /** Starts at one index (inclusive) and ends at another (exclusive); locations are relative to the start. */
    public void begin(byte[] bytes, int from, int to) {
        _inputBuffer = bytes;
        _inputPtr = from;
        _inputEnd = to;
        _currInputProcessed = -from;
        _currInputRow = 1;
        _currInputRowStart = from;
        _currToken = null;
        _nextToken = null;
        _tokenIncomplete = false;
        namesLength = 0;
        root.clear();
        root.reset(JsonStreamContext.TYPE_ROOT, 1, 0);
        _parsingContext = root;
    }

    /**
     * Makes the parser throw {@link RequestException} 413 rather than {@link JsonLimitException} if an object and its
     * enclosing objects have more than 100,000 names, which are kept to detect duplicates, or if all names are too long
     * together.
     */
    void readBody() {
        isBody = true;
    }

    /**
     * Returns the memory of its buffers, its names and the latest text, which is held until the next text or number; an
     * estimate from above, meant for parsers with their own table of names.
     */
    public long heldBytes() {
        return BUFFER_BYTES
                + _textBuffer.size() * CHARACTER_BYTES
                + (namesInTable + namesKept) * NAME_BYTES
                + namesLength;
    }

    /** Returns the index of the next byte of the input. */
    public int position() {
        return _inputPtr;
    }

    /**
     * Limits the index up to which {@link #skipChildren} and {@link #requireWithinLimit} read on; beyond it they throw
     * {@link ValueTooLongException} between two tokens.
     */
    public void limitPosition(int max) {
        maxPosition = max;
    }

    /** Requires that the input has not been read beyond the limit. */
    public void requireWithinLimit() throws ValueTooLongException {
        requireWithinLimit(_inputPtr);
    }

    /** Requires an index of the input to be within the limit. */
    public void requireWithinLimit(int position) throws ValueTooLongException {
        if (position > maxPosition) {
            throw new ValueTooLongException();
        }
    }

    @Override
    public JsonParser skipChildren() throws IOException {
        if (maxPosition == Integer.MAX_VALUE) {
            return super.skipChildren();
        }
        if (_currToken.isStructStart()) {
            JsonReadContext outside = _parsingContext.getParent();
            while (_parsingContext != outside) {
                requireWithinLimit();
                nextToken();
            }
        }
        return this;
    }

    /**
     * Returns the number. An exponent beyond an int, for which Jackson throws an exception, is replaced by the largest
     * one of the same sign.
     */
    @Override
    public BigDecimal getDecimalValue() throws IOException {
        try {
            return super.getDecimalValue();
        } catch (NumberFormatException | MalformedJsonException e) {
            if (_currToken != JsonToken.VALUE_NUMBER_FLOAT) {
                throw e;
            }
            String text = getText();
            int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
            BigDecimal digits = new BigDecimal(text.substring(0, exponent));
            boolean isNegative = text.charAt(exponent + 1) == '-';
            return new BigDecimal(digits.unscaledValue(), isNegative ? Integer.MAX_VALUE : -Integer.MAX_VALUE);
        }
    }

    /** Returns whether the last token ends at the end of the input. */
    public boolean isAtEnd() {
        return _inputPtr == _inputEnd;
    }

    /** Releases the input. */
    public void end() {
        _inputBuffer = NONE;
        _inputPtr = 0;
        _inputEnd = 0;
    }

    public MalformedJsonException malformed(String message) {
        return new MalformedJsonException(message, currentLocation());
    }

    @Override
    protected JsonParseException _constructReadException(String message) {
        return _constructReadException(message, currentLocation());
    }

    @Override
    protected JsonParseException _constructReadException(String message, Throwable cause) {
        return _constructReadException(message, currentLocation());
    }

    @Override
    protected JsonParseException _constructReadException(String message, JsonLocation location) {
        int end = message.length();
        for (String internal : INTERNALS) {
            int found = message.indexOf(internal);
            end = found < 0 ? end : Math.min(end, found);
        }
        return new MalformedJsonException(message.substring(0, end), location);
    }

    @Override
    protected void _reportInvalidEOF() throws JsonParseException {
        _reportInvalidEOF(_currToken == JsonToken.VALUE_STRING ? " in a string" : " in a value", _currToken);
    }

    @Override
    protected void _reportInvalidEOF(String message, JsonToken within) throws JsonParseException {
        throw _constructReadException("Unexpected end-of-input" + message);
    }

    private void countInTable(String name) throws JsonLimitException {
        int size = _symbols.size();
        if (size != namesInTable) {
            // Jackson empties a table that is full.
            namesLength = size < namesInTable ? 0 : namesLength;
            namesInTable = size;
            namesLength += name.length();
            if (namesLength > MAX_NAMES_LENGTH) {
                throw limitExceeded("the names of the %s have more than %,d characters in total, each name counted once"
                        .formatted(input(), MAX_NAMES_LENGTH));
            }
        }
    }

    private String input() {
        return isBody ? "body" : "event";
    }

    private JsonLimitException limitExceeded(String reason) {
        if (isBody) {
            throw RequestException.tooLarge(reason);
        }
        return new JsonLimitException(reason);
    }

    /** A nesting level, which rejects duplicate names. */
    private final class Context extends JsonReadContext {
        private int names;

        Context(Context parent, int depth, DupDetector names, int type, int line, int column) {
            super(parent, depth, names, type, line, column);
        }

        @Override
        public JsonReadContext createChildArrayContext(int line, int column) {
            return child(TYPE_ARRAY, line, column);
        }

        @Override
        public JsonReadContext createChildObjectContext(int line, int column) {
            return child(TYPE_OBJECT, line, column);
        }

        private JsonReadContext child(int type, int line, int column) {
            if (_child == null) {
                _child = new Context(this, _nestingDepth + 1, _dups.child(), type, line, column);
            } else {
                ((Context) _child).clearNames();
                _child.reset(type, line, column);
            }
            return _child;
        }

        /** Releases the names at the end of the object, which would otherwise be kept until another of its depth. */
        @Override
        public JsonReadContext clearAndGetParent() {
            clearNames();
            _dups.reset();
            return super.clearAndGetParent();
        }

        private void clearNames() {
            namesKept -= names;
            names = 0;
        }

        /** Releases the names of an incomplete event, which are in the levels below. */
        private void clear() {
            for (Context each = this; each != null && namesKept > 0; each = (Context) each._child) {
                each.clearNames();
                each._dups.reset();
            }
        }

        @Override
        public void setCurrentName(String name) throws JsonProcessingException {
            _currentName = name;
            if (_dups.isDup(name)) {
                throw malformed("Duplicate field '" + name + "'");
            }
            names++;
            namesKept++;
            countInTable(name);
            if (namesKept > MAX_NAMES) {
                throw limitExceeded(
                        "nested objects of the %s have more than %,d names in total".formatted(input(), MAX_NAMES));
            }
        }
    }
}
