package io.wadi.ingest.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * Checks events in tests, each as the third of four elements of an array; afterwards the parser must be at the event's
 * end.
 */
final class SchemaChecks {
    private static final JsonFactory JSON = new JsonFactory();

    private SchemaChecks() {}

    static Problem check(EventSchema schema, String event) {
        return check(schema, event, key -> {});
    }

    static Problem check(EventSchema schema, String event, Consumer<byte[]> key) {
        try (JsonParser parser = JSON.createParser("[{\"a\":[1]},2," + event + ",\"next\"]")) {
            parser.nextToken();
            parser.nextToken();
            parser.skipChildren();
            parser.nextToken();
            parser.nextToken();
            Problem problem = schema.check(parser, key);
            assertThat(parser.nextToken()).isEqualTo(JsonToken.VALUE_STRING);
            assertThat(parser.getText()).isEqualTo("next");
            return problem;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
