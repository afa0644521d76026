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
 * A JSON Schema (draft 2020-12) that events must fulfil. Most schemas are checked while an event is parsed, which costs
 * little more than parsing; one that asks for what cannot be known then ({@code anyOf}, {@code not}, {@code uniqueItems} and
 * the like) is checked by a library on the event as a tree. For many threads.
 */
public final class EventSchema {
    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";
    private static final ObjectMapper SCHEMAS = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Takes whatever is JSON. */
    public static final EventSchema ANY = new EventSchema(BooleanNode.TRUE, SchemaNode.ANY, null, null, SchemaNode.ANY);

    private final JsonNode source;
    private final SchemaNode place;
    private final NetworkntSchema tree;
    private final String treeBecause;
    private final Check check;

    /** How events are checked: {@link EventSchema#check(JsonParser, Consumer)}, but for two things. */
    interface Check {
        /** A problem's pointer is from the parser's beginning; where there is one, the parser stands somewhere in the event. */
        Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException;
    }

    private EventSchema(JsonNode source, SchemaNode place, NetworkntSchema tree, String treeBecause, Check check) {
        this.source = source;
        this.place = place;
        this.tree = tree;
        this.treeBecause = treeBecause;
        this.check = check;
    }

    /**
     * Reads a schema.
     *
     * @param schema its text; without {@code $schema} it is one of draft 2020-12
     * @param formats whether they are checked, where their names are among the draft's; otherwise they are remarks, which
     *     is what the draft says
     * @throws IllegalArgumentException where it is not JSON, not a schema of this draft, or refers to what is not in it: all
     *     mistakes, each with its place in the schema as a JSON pointer
     */
    public static EventSchema compile(String schema, boolean formats) {
        JsonNode source = valid(schema);
        Formats meant = formats ? Formats.CHECKED : Formats.IGNORED;
        try {
            SchemaNode place = SchemaCompiler.compile(source, meant);
            return new EventSchema(source, place, null, null, place);
        } catch (Subschemas.NotForPlaces e) {
            NetworkntSchema tree = tree(source, meant);
            return new EventSchema(source, null, tree, e.getMessage(), tree);
        } catch (PatternSyntaxException e) {
            throw wrongPattern(e);
        }
    }

    private static IllegalArgumentException wrongPattern(PatternSyntaxException e) {
        return new IllegalArgumentException(
                "the pattern %s: %s near its character %d".formatted(e.getPattern(), e.getDescription(), e.getIndex()),
                e);
    }

    private static NetworkntSchema tree(JsonNode source, Formats formats) {
        try {
            return new NetworkntSchema(source, formats);
        } catch (SchemaException e) {
            if (e.getCause() instanceof PatternSyntaxException pattern) {
                throw wrongPattern(pattern);
            }
            throw new IllegalArgumentException("refers to what is not in it: " + e.getMessage(), e);
        }
    }

    private static JsonNode valid(String schema) {
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
            throw new IllegalArgumentException("/$schema: found %s, allowed is %s".formatted(draft, DRAFT));
        }
        List<Error> mistakes = MetaSchema.INSTANCE.validate(source);
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(mistakes.stream()
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
                source, place, tree, treeBecause, tree == null ? place.withKey(names) : tree.withKey(names));
    }

    /** Checks as {@link #check(JsonParser, Consumer)} does, and does not ask for the key. */
    public Problem check(JsonParser parser) throws IOException {
        return check(parser, key -> {});
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
     * What makes the schema be checked on trees, at several times the cost: a keyword's place in it as a JSON pointer, mostly.
     * Nothing where it is checked while parsing.
     */
    public Optional<String> checkedAsTreeBecauseOf() {
        return Optional.ofNullable(treeBecause);
    }

    /** The schema as it was read. */
    JsonNode source() {
        return source;
    }

    /** What is asked of whole events; null where it is checked as a tree. */
    SchemaNode place() {
        return place;
    }

    private static final class MetaSchema {
        static final Schema INSTANCE =
                NetworkntSchema.registry(UnaryOperator.identity()).getSchema(SchemaLocation.of(DRAFT));
    }
}
