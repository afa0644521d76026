package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.format.JsonParsers;
import io.wadi.runtime.config.FileText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * The schema of a topic's values, from its file.
 *
 * @param avro the Avro schema
 * @param reader of values with this schema
 */
record TopicSchema(Schema avro, RowReader reader) {
    private static final String AVRO = ".avsc";
    private static final String JSON = ".json";
    private static final ObjectMapper MAPPER = new ObjectMapper(Json.FACTORY);

    /**
     * Reads a topic's schema.
     *
     * @param location the schema's file, an Avro schema ({@code .avsc}) or a JSON Schema ({@code .json}), or a
     *    directory with the topic's file; read from the class path if there is no such file
     * @throws IllegalArgumentException if there is no schema or it is invalid; the message has a line for each error
     */
    static TopicSchema read(String topic, String location, boolean ignoreUnknownFields) {
        List<String> files = location.endsWith(AVRO) || location.endsWith(JSON)
                ? List.of(location)
                : List.of(location + "/" + topic + AVRO, location + "/" + topic + JSON);
        for (String file : files) {
            Optional<String> text = text(file);
            if (text.isPresent()) {
                return parse(file, text.get(), topic, ignoreUnknownFields);
            }
        }
        throw new IllegalArgumentException(
                "topic %s has no schema: expected the file %s".formatted(topic, String.join(" or ", files)));
    }

    private static Optional<String> text(String file) {
        Path path = Path.of(file);
        try (InputStream content =
                Files.exists(path) ? Files.newInputStream(path) : TopicSchema.class.getResourceAsStream("/" + file)) {
            return content == null ? Optional.empty() : Optional.of(FileText.of(file, content.readAllBytes()));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": reading the file failed: " + e.getMessage(), e);
        }
    }

    private static TopicSchema parse(String file, String text, String topic, boolean ignoreUnknownFields) {
        List<String> errors = new ArrayList<>();
        Schema avro = file.endsWith(AVRO) ? avro(file, text) : json(file, text, topic, errors);
        if (errors.isEmpty()) {
            try {
                return new TopicSchema(avro, new RowReader(avro, ignoreUnknownFields));
            } catch (IllegalArgumentException e) {
                e.getMessage().lines().forEach(errors::add);
            }
        }
        throw new IllegalArgumentException(String.join(
                "\n", errors.stream().map(error -> file + " at " + error).toList()));
    }

    private static Schema avro(String file, String text) {
        try {
            return new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException(file + " is not an Avro schema: " + e.getMessage(), e);
        }
    }

    private static Schema json(String file, String text, String topic, List<String> errors) {
        try {
            return JsonSchema.toAvro(MAPPER.readTree(text), topic, errors);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is not JSON: " + JsonParsers.reason(e), e);
        }
    }
}
