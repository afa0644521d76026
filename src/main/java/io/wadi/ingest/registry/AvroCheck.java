package io.wadi.ingest.registry;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wadi.format.AvroMismatch;
import io.wadi.ingest.event.EventTree;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.ExtractedFields;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * A check that validates an event against its topic's Avro schema in the registry and encodes it as the record's value.
 *
 * @param jsonCheck validates the JSON first, and extracts the key
 * @param schema supplies the current schema; null until it is loaded
 */
public record AvroCheck(EventCheck jsonCheck, Supplier<RegisteredSchema> schema) implements EventCheck {
    private static final ObjectMapper TREES = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Returns the error for events until the schema is loaded: 503. */
    public static RequestException notKnownYet() {
        return RequestException.unavailable("the topic's Avro schema is not known yet");
    }

    /**
     * Validates and encodes an event.
     *
     * @throws RequestException 503 until the schema is loaded
     */
    @Override
    public Problem check(JsonParser parser, ExtractedFields found) throws IOException {
        RegisteredSchema now = schema.get();
        if (now == null) {
            throw notKnownYet();
        }
        JsonNode event = EventTree.read(TREES, parser);
        try (JsonParser again = event.traverse(TREES)) {
            again.nextToken();
            Problem problem = jsonCheck.check(again, found);
            if (problem != null) {
                return problem;
            }
            found.value(now.encode(event));
            return null;
        } catch (AvroMismatch e) {
            return new Problem(e.pointer(), e.text());
        }
    }
}
