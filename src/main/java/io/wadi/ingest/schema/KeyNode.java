package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.wadi.format.JsonParsers;
import io.wadi.format.JsonText;
import io.wadi.ingest.event.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The node for the value that becomes the record's key. */
final class KeyNode extends SchemaNode {
    /** The reason for rejecting a string: it would have the same bytes as another one. */
    static final String UNPAIRED_SURROGATE = "found " + JsonText.UNPAIRED_SURROGATE;

    /** The reason for rejecting a number that Jackson cannot represent exactly. */
    private static final String HUGE_EXPONENT = "found a number with an exponent beyond an int, which cannot be a key";

    private static final JsonFactory JSON = new JsonFactory();
    /** Parsers of keys, in which a number may be longer than in its event: copying it normalizes its exponent. */
    private static final JsonParsers PARSERS = new JsonParsers(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(2 * StreamReadConstraints.DEFAULT_MAX_NUM_LEN)
                    .build())
            .build());

    private final SchemaNode value;

    KeyNode(SchemaNode value) {
        this.value = value;
    }

    @Override
    public Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            String text = parser.getText();
            if (JsonText.unpairedSurrogate(text) >= 0) {
                return problem(parser, UNPAIRED_SURROGATE);
            }
            key.accept(text.getBytes(StandardCharsets.UTF_8));
            return value.check(parser, key);
        }
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return value.check(parser, key);
        }
        byte[] json;
        try {
            json = inJson(parser);
        } catch (NumberFormatException e) {
            return problem(parser, HUGE_EXPONENT);
        }
        key.accept(json);
        try {
            Problem problem = PARSERS.parse(ByteBuffer.wrap(json), again -> {
                again.nextToken();
                return value.check(again, key);
            });
            return problem == null ? null : problem(parser, problem);
        } catch (NumberFormatException | JsonParseException e) { // 12e2147483647 is written as 1.2E+2147483648
            return problem(parser, HUGE_EXPONENT);
        }
    }

    /**
     * Returns the value at the parser's current token as compact JSON, and moves the parser to the value's last token.
     */
    private static byte[] inJson(JsonParser parser) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            JsonStreamContext outside = generator.getOutputContext();
            generator.copyCurrentEventExact(parser);
            while (generator.getOutputContext() != outside) {
                parser.nextToken();
                generator.copyCurrentEventExact(parser);
            }
        }
        return json.toByteArray();
    }
}
