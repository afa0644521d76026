package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import io.wadi.format.JsonParsers;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * A JSON Schema (draft 2020-12) for events. Most schemas are checked while an event is parsed, at little more than the
 * cost of parsing. A schema with keywords that cannot be checked while streaming, such as {@code anyOf}, {@code not}
 * and {@code uniqueItems}, is checked by a library on the event as a tree. Thread-safe.
 */
public final class EventSchema {
    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";
    private static final ObjectMapper SCHEMAS = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Accepts any JSON. */
    public static final EventSchema ANY = new EventSchema(BooleanNode.TRUE, SchemaNode.ANY, null, null, SchemaNode.ANY);

    private final JsonNode source;
    private final SchemaNode node;
    private final NetworkntSchema tree;
    private final String treeReason;
    private final Check check;

    interface Check {
        /**
         * Checks an event like {@link EventSchema#check(JsonParser, Consumer)}, with two differences: the pointer of a
         * problem begins at the root of the parser's input, and after a problem the parser may be anywhere in the
         * event.
         */
        Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException;
    }

    private EventSchema(JsonNode source, SchemaNode node, NetworkntSchema tree, String treeReason, Check check) {
        this.source = source;
        this.node = node;
        this.tree = tree;
        this.treeReason = treeReason;
        this.check = check;
    }

    /**
     * Compiles a schema.
     *
     * @param schema the text of the schema; draft 2020-12 if it has no {@code $schema}
     * @param formats whether formats that the draft defines are checked; otherwise they are annotations, the default of
     *     the draft
     * @throws IllegalArgumentException if the text is not JSON, is not a schema of this draft, or has an unresolvable
     *     reference; with all errors, each with its location in the schema as a JSON pointer
     */
    public static EventSchema compile(String schema, boolean formats) {
        JsonNode source = parse(schema);
        Formats meant = formats ? Formats.CHECKED : Formats.IGNORED;
        try {
            SchemaNode node = SchemaCompiler.compile(source, meant);
            return new EventSchema(source, node, null, null, node);
        } catch (Subschemas.NotStreamableException e) {
            NetworkntSchema tree = tree(source, meant);
            return new EventSchema(source, null, tree, e.getMessage(), tree);
        } catch (PatternSyntaxException e) {
            throw invalidPattern(e);
        }
    }

    private static IllegalArgumentException invalidPattern(PatternSyntaxException e) {
        return new IllegalArgumentException(
                "pattern %s: %s near index %d".formatted(e.getPattern(), e.getDescription(), e.getIndex()), e);
    }

    private static NetworkntSchema tree(JsonNode source, Formats formats) {
        try {
            return new NetworkntSchema(source, formats);
        } catch (SchemaException e) {
            if (e.getCause() instanceof PatternSyntaxException pattern) {
                throw invalidPattern(pattern);
            }
            throw new IllegalArgumentException("unresolvable reference: " + e.getMessage(), e);
        }
    }

    private static JsonNode parse(String schema) {
        JsonNode source;
        try {
            source = SCHEMAS.readTree(schema);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(JsonParsers.reason(e), e);
        }
        String draft = source.path("$schema").asText(DRAFT);
        if (!draft.equals(DRAFT)) {
            throw new IllegalArgumentException("/$schema: found %s, expected %s".formatted(draft, DRAFT));
        }
        List<Error> errors = MetaSchema.INSTANCE.validate(source);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(errors.stream()
                    .map(NetworkntSchema::problem)
                    .map(Problem::toString)
                    .distinct()
                    .collect(Collectors.joining("; ")));
        }
        return source;
    }

    /**
     * Returns this schema with the extraction of the record's key from a value in the event.
     *
     * @param pointer the location of the value as a JSON pointer, through objects only
     * @throws IllegalArgumentException if it is not a JSON pointer
     */
    public EventSchema withKey(String pointer) {
        JsonPointer key = JsonPointer.compile(pointer);
        return new EventSchema(source, node, tree, treeReason, tree == null ? node.withKey(key) : tree.withKey(key));
    }

    /**
     * Checks the event that begins at the parser's current token. Afterwards the parser is at the event's last token,
     * whatever the result.
     *
     * @param key receives the record's key if the event has one ({@link #withKey}) that is not null: the characters of
     *     a string in UTF-8, any other value as compact JSON. Undefined if there is a problem, such as a string that
     *     UTF-8 cannot encode
     * @return the first problem, with its JSON pointer within the event; null if there is none. Its text quotes the
     *     schema, and of the event only names of properties
     * @throws JsonProcessingException if the event is not JSON
     */
    public Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException {
        JsonStreamContext outside = parser.currentToken().isStructStart()
                ? parser.getParsingContext().getParent()
                : parser.getParsingContext();
        Problem problem = check.check(parser, key);
        if (problem == null) {
            return null;
        }
        while (parser.getParsingContext() != outside) {
            parser.nextToken();
        }
        return within(outside, problem);
    }

    /** Returns the problem with a pointer relative to the event, which may be an element of a larger body. */
    private static Problem within(JsonStreamContext outside, Problem problem) {
        int event = outside.pathAsPointer().toString().length();
        return new Problem(problem.pointer().substring(event), problem.text());
    }

    /**
     * Returns why events are checked as trees, at several times the cost: usually the JSON pointer of a keyword. Empty
     * if they are checked while parsed.
     */
    public Optional<String> treeReason() {
        return Optional.ofNullable(treeReason);
    }

    /** Returns the JSON of the schema. */
    JsonNode source() {
        return source;
    }

    /** Returns the node of whole events; null if events are checked as trees. */
    SchemaNode node() {
        return node;
    }

    private static final class MetaSchema {
        static final Schema INSTANCE = NetworkntSchema.registry(UnaryOperator.identity(), UnaryOperator.identity())
                .getSchema(SchemaLocation.of(DRAFT));
    }
}
