package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Reads an event as a tree, which is not charged to its client: of a limited size, about 15 MB. */
public final class EventTree {
    /** An object with one member is four tokens, of 8 bytes of JSON and about 230 bytes of heap. */
    static final int MAX_TOKENS = 250_000;

    private EventTree() {}

    /**
     * Reads the event that begins with the parser's current token.
     *
     * @throws JsonLimitException if it has more than {@value #MAX_TOKENS} tokens
     */
    public static JsonNode read(ObjectMapper trees, JsonParser parser) throws IOException {
        return trees.readTree(new CountingParser(parser));
    }

    private static final class CountingParser extends JsonParserDelegate {
        private int tokens;

        CountingParser(JsonParser parser) {
            super(parser);
        }

        @Override
        public JsonToken nextToken() throws IOException {
            tokens++;
            if (tokens > MAX_TOKENS) {
                throw new JsonLimitException(
                        "the topic's schema allows at most %,d names, values and brackets in an event"
                                .formatted(MAX_TOKENS));
            }
            return super.nextToken();
        }
    }
}
