package io.wadi.ingest.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class EventTreeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void largestEvent_isReadUnchanged_toItsEnd() throws IOException {
        String event = event(EventTree.MAX_TOKENS);
        try (JsonParser parser = parser(event)) {
            JsonNode tree = EventTree.read(JSON, parser);

            assertThat(tree).isEqualTo(JSON.readTree(event));
            assertThat(parser.nextToken()).isNull();
        }
    }

    @Test
    void eventWithTooManyTokens_isRejected() throws IOException {
        try (JsonParser parser = parser(event(EventTree.MAX_TOKENS + 1))) {
            assertThatThrownBy(() -> EventTree.read(JSON, parser))
                    .isInstanceOf(JsonLimitException.class)
                    .hasMessageContaining("at most 250,000 names, values and brackets in an event");
        }
    }

    @Test
    void textsThatAreDecoded_areLimitedByTheHeap_notOfEventsOfTheDefaultSize() {
        assertThat(JsonRules.maxText(128 << 20)).isEqualTo(2 << 20);
        assertThat(JsonRules.maxText(64 << 20)).isGreaterThan(1000 << 10);
        assertThat(JsonRules.maxText(64L << 30)).isEqualTo(20_000_000);
    }

    /** The text of a tree takes up to two bytes a character, and its reading up to ten. */
    @Test
    void eventWithTooMuchText_isRejected() throws IOException {
        String half = "x".repeat(JsonRules.MAX_TEXT / 2);
        try (JsonParser parser = parser("[\"%1$s\",\"%1$s\"]".formatted(half))) {
            assertThat(EventTree.read(JSON, parser)).hasSize(2);
        }
        try (JsonParser parser = parser("[\"%1$s\",\"%1$s\",\"xx\"]".formatted(half))) {
            assertThatThrownBy(() -> EventTree.read(JSON, parser))
                    .isInstanceOf(JsonLimitException.class)
                    .hasMessageContaining("at most %,d characters in an event's strings", JsonRules.MAX_TEXT);
        }
    }

    /** Returns an event with this many tokens after the first: a name, an array of numbers and both end tokens. */
    private static String event(int tokens) {
        return "{\"a\":[" + String.join(",", Collections.nCopies(tokens - 4, "1")) + "]}";
    }

    private static JsonParser parser(String event) throws IOException {
        JsonParser parser = JSON.createParser(event);
        parser.nextToken();
        return parser;
    }
}
