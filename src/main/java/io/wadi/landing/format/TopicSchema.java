package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
 * @param avro as Avro has it
 * @param reader of values that fit it
 */
record TopicSchema(Schema avro, RowReader reader) {
    private static final String AVRO = ".avsc";
    private static final String JSON = ".json";
    private static final ObjectMapper MAPPER = new ObjectMapper(Json.FACTORY);

    /**
     * Reads a topic's schema.
     *
     * @param where its file, an Avro schema ({@code .avsc}) or a JSON Schema ({@code .json}), or a directory with the
     *     topic's; each may also stand on the class path
     * @throws IllegalArgumentException where there is none, or it cannot be used; a line for each mistake in it
     */
    static TopicSchema read(String topic, String where, boolean ignoreUnknownFields) {
        List<String> files = where.endsWith(AVRO) || where.endsWith(JSON)
                ? List.of(where)
                : List.of(where + "/" + topic + AVRO, where + "/" + topic + JSON);
        for (String file : files) {
            Optional<String> text = text(file);
            if (text.isPresent()) {
                return parse(file, text.get(), topic, ignoreUnknownFields);
            }
        }
        throw new IllegalArgumentException(
                "topic %s has no schema: there is no file %s".formatted(topic, String.join(" and no ", files)));
    }

    private static Optional<String> text(String file) {
        Path path = Path.of(file);
        try (InputStream content =
                Files.exists(path) ? Files.newInputStream(path) : TopicSchema.class.getResourceAsStream("/" + file)) {
            return content == null ? Optional.empty() : Optional.of(new String(content.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static TopicSchema parse(String file, String text, String topic, boolean ignoreUnknownFields) {
        List<String> mistakes = new ArrayList<>();
        Schema avro = file.endsWith(AVRO) ? avro(file, text) : json(file, text, topic, mistakes);
        if (mistakes.isEmpty()) {
            try {
                return new TopicSchema(avro, new RowReader(avro, ignoreUnknownFields));
            } catch (IllegalArgumentException e) {
                e.getMessage().lines().forEach(mistakes::add);
            }
        }
        throw new IllegalArgumentException(String.join(
                "\n", mistakes.stream().map(mistake -> file + " at " + mistake).toList()));
    }

    private static Schema avro(String file, String text) {
        try {
            return new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException(file + " is no Avro schema: " + e.getMessage(), e);
        }
    }

    private static Schema json(String file, String text, String topic, List<String> mistakes) {
        try {
            return JsonSchema.toAvro(MAPPER.readTree(text), topic, mistakes);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no JSON: " + Json.reason(e), e);
        }
    }
}
