package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.wadi.format.JsonParsers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Parses and writes JSON, in UTF-8 only, as RFC 8259 requires. */
final class Json {
    static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private static final int MAX_LEVELS = StreamReadConstraints.DEFAULT_MAX_DEPTH;

    /** The parsers of rows. */
    static final JsonParsers ROWS = parsers(constraints(MAX_LEVELS));

    /**
     * The parsers of values in envelopes: with one level less than Jackson's limit, so that readers with that limit can
     * read the envelope.
     */
    private static final JsonParsers VALUES = parsers(constraints(MAX_LEVELS - 1));

    /**
     * The parsers of envelopes. Those of earlier versions may have one level more than Jackson's limit. Keys and values
     * may be longer than its limit for strings; the line is in memory anyway.
     */
    static final JsonParsers ENVELOPES = parsers(constraints(MAX_LEVELS + 1).maxStringLength(Integer.MAX_VALUE));

    private Json() {}

    private static StreamReadConstraints.Builder constraints(int maxLevels) {
        return StreamReadConstraints.builder().maxNestingDepth(maxLevels);
    }

    private static JsonParsers parsers(StreamReadConstraints.Builder constraints) {
        return new JsonParsers(
                FACTORY.rebuild().streamReadConstraints(constraints.build()).build());
    }

    /** Returns the bytes as text; empty if they are not UTF-8. */
    static Optional<String> text(ByteBuffer bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.duplicate())
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns whether the bytes are a value that an envelope may contain: one JSON value except null, with optional
     * white space around it.
     */
    static boolean isEnvelopeValue(ByteBuffer bytes) {
        try {
            return VALUES.parse(bytes, Json::isEnvelopeValue);
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEnvelopeValue(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            // Null in an envelope is a record without a value.
            return false;
        }
        parser.skipChildren();
        return parser.nextToken() == null;
    }
}
