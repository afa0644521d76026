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
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * A JSON Schema (draft 2020-12) for events. Most schemas are checked while an event is parsed, at little more than the
 * cost of parsing; one with keywords that cannot be checked while streaming ({@code anyOf}, {@code not}, {@code
 * uniqueItems} and the like) is checked by a library on the event as a tree. For many threads.
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

    /** How events are checked: {@link EventSchema#check(JsonParser, Consumer)}, but for two things. */
    interface Check {
        /** A problem's pointer is from the parser's beginning; where there is one, the parser stands somewhere in the event. */
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
     * Reads a schema.
     *
     * @param schema its text; without {@code $schema} it is one of draft 2020-12
     * @param formats whether they are checked, where their names are among the draft's; otherwise they are remarks, which
     *     is what the draft says
     * @throws IllegalArgumentException if it is not JSON, not a schema of this draft, or has an unresolvable reference: all
     *     mistakes, each with its place in the schema as a JSON pointer
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
            throw new IllegalArgumentException(
                    "line %d, column %d: %s"
                            .formatted(
                                    e.getLocation().getLineNr(), e.getLocation().getColumnNr(), e.getOriginalMessage()),
                    e);
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
     * The same schema, where a value in the event becomes the record's key.
     *
     * @param pointer the value's place as a JSON pointer, through objects only
     * @throws IllegalArgumentException where it is no JSON pointer
     */
    public EventSchema withKey(String pointer) {
        List<String> names = new ArrayList<>();
        for (JsonPointer rest = JsonPointer.compile(pointer); !rest.matches(); rest = rest.tail()) {
            names.add(rest.getMatchingProperty());
        }
        return new EventSchema(
                source, node, tree, treeReason, tree == null ? node.withKey(names) : tree.withKey(names));
    }

    /**
     * Checks the event that begins with the parser's current token. Afterwards the parser stands at the event's last token,
     * whatever comes out.
     *
     * @param key gets the record's key where the event has one ({@link #withKey}) and it is not null: a string's characters in
     *     UTF-8, anything else as compact JSON. Where there is a problem, what it got is of no use
     * @return the first thing that is wrong, with its JSON pointer within the event; null where nothing is. Its text quotes
     *     the schema and nothing of the event but the names of properties
     * @throws JsonProcessingException where it is not JSON
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

    /** The problem with its pointer from the event's beginning, which may be an element of a larger body. */
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

    /** The schema as it was read. */
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
