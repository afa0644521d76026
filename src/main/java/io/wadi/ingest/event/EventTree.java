package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Reads an event as a tree of limited size. A tree, of at most about 15 MB and its text, is not charged to its client. */
public final class EventTree {
    /** Maximum number of tokens: four tokens, for an object with one member, are about 230 bytes of heap. */
    static final int MAX_TOKENS = 250_000;

    private EventTree() {}

    /**
     * Reads the event that begins at the parser's current token.
     *
     * @throws JsonLimitException if the event has more than {@value #MAX_TOKENS} tokens, or more than {@link
     *     JsonRules#MAX_TEXT} characters in strings
     */
    public static JsonNode read(ObjectMapper trees, JsonParser parser) throws IOException {
        return trees.readTree(new CountingParser(parser));
    }

    private static final class CountingParser extends JsonParserDelegate {
        private int tokens;
        private int characters;

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

        @Override
        public String getText() throws IOException {
            String text = super.getText();
            characters += text.length();
            if (characters > JsonRules.MAX_TEXT) {
                throw new JsonLimitException("the topic's schema allows at most %,d characters in an event's strings"
                        .formatted(JsonRules.MAX_TEXT));
            }
            return text;
        }
    }
}
