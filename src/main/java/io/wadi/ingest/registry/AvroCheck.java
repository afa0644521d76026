package io.wadi.ingest.registry;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wadi.format.AvroMismatch;
import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.Found;
import java.io.IOException;
import java.util.function.Supplier;

/** Asks that an event fits the Avro schema that a registry has for its topic, and makes its record's value of it. */
public final class AvroCheck implements EventCheck {
    private static final ObjectMapper TREES = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final EventCheck besides;
    private final Supplier<RegisteredSchema> schema;

    /**
     * Takes what is asked.
     *
     * @param besides what is asked of the JSON first; it finds the key
     * @param schema what holds now; null as long as it is not known
     */
    public AvroCheck(EventCheck besides, Supplier<RegisteredSchema> schema) {
        this.besides = besides;
        this.schema = schema;
    }

    /** What events are refused with as long as the schema is not known: 503. */
    public static BodyException notKnownYet() {
        return BodyException.unavailable("the topic's Avro schema is not known yet");
    }

    /**
     * Checks as all do.
     *
     * @throws BodyException 503 where the schema is not known yet
     */
    @Override
    public Problem check(JsonParser parser, Found found) throws IOException {
        RegisteredSchema now = schema.get();
        if (now == null) {
            throw notKnownYet();
        }
        JsonNode event = TREES.readTree(parser);
        try (JsonParser again = event.traverse(TREES)) {
            again.nextToken();
            Problem problem = besides.check(again, found);
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
