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
