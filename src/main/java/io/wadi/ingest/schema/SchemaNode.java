package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * All that is asked at one place of an event: the keywords of every schema that applies there, folded into one. A place may
 * be below itself, as trees and lists describe themselves.
 */
class SchemaNode implements EventSchema.Check {
    /** Where nothing is asked. */
    static final SchemaNode ANY = new SchemaNode();

    private int kinds = JsonTypes.ALL;
    private EnumConstraint constants;
    // Of these four, null where nothing is asked.
    private StringConstraints text;
    private NumberConstraints range;
    private ObjectConstraints members;
    private ArrayConstraints elements;

    /** Sets what is asked here; once, before the first check. */
    void fill(Collection<JsonNode> schemas, SchemaCompiler compiler) throws Subschemas.NotForPlaces {
        kinds = JsonTypes.of(schemas);
        constants = EnumConstraint.of(schemas);
        text = StringConstraints.of(schemas, compiler.formats());
        range = NumberConstraints.of(schemas);
        members = ObjectConstraints.of(schemas, compiler);
        elements = ArrayConstraints.of(schemas, compiler);
    }

    /** Checks the value that begins with the parser's token; without a problem the parser stands at its last token then. */
    @Override
    public Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException {
        if (kinds != JsonTypes.ALL && !JsonTypes.has(kinds, parser)) {
            return problem(parser, wrongKind(parser.currentToken()));
        }
        if (constants != null && !constants.has(parser)) {
            return problem(parser, constants.toString());
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> members == null ? skip(parser) : members.check(parser, key);
            case START_ARRAY -> elements == null ? skip(parser) : elements.check(parser, key);
            case VALUE_STRING -> text == null ? null : problem(parser, text.wrong(parser));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> range == null ? null : problem(parser, range.wrong(parser));
            default -> null;
        };
    }

    /** What is wrong with the name of a property where this is what names are asked for; null where nothing is. */
    String wrongName(String name) {
        if ((kinds & JsonTypes.STRING) == 0) {
            return wrongKind(JsonToken.VALUE_STRING);
        }
        if (constants != null && !constants.has(name)) {
            return constants.toString();
        }
        return text == null ? null : text.wrong(name);
    }

    private String wrongKind(JsonToken found) {
        return kinds == 0
                ? "nothing is allowed here"
                : "found %s, allowed is %s".formatted(JsonTypes.found(found), JsonTypes.names(kinds));
    }

    private static Problem skip(JsonParser parser) throws IOException {
        parser.skipChildren();
        return null;
    }

    /** This text as a problem at the place where the parser stands; null for null. */
    static Problem problem(JsonParser parser, String text) {
        return text == null ? null : problem(parser, new Problem("", text));
    }

    /** A problem within the value at whose beginning or end the parser stands, from the parser's beginning. */
    static Problem problem(JsonParser parser, Problem within) {
        return new Problem(parser.getParsingContext().pathAsPointer() + within.pointer(), within.text());
    }

    /** The same place, where the value that these names lead to becomes the record's key. */
    SchemaNode withKey(List<String> names) {
        if (names.isEmpty()) {
            return new KeyPointer(this);
        }
        String name = names.get(0);
        SchemaNode place = new SchemaNode();
        place.kinds = kinds;
        place.constants = constants;
        place.text = text;
        place.range = range;
        place.members = members().with(name, members().place(name).withKey(names.subList(1, names.size())));
        place.elements = elements;
        return place;
    }

    /** The same place where nothing but strings can stand. */
    SchemaNode ofStrings() {
        SchemaNode place = new SchemaNode();
        place.kinds = kinds & JsonTypes.STRING;
        place.constants = constants;
        place.text = text;
        return place;
    }

    int kinds() {
        return kinds;
    }

    /** The only values allowed; null for no such rule. */
    EnumConstraint constants() {
        return constants;
    }

    StringConstraints text() {
        return text == null ? StringConstraints.ANY : text;
    }

    NumberConstraints range() {
        return range == null ? NumberConstraints.ANY : range;
    }

    ObjectConstraints members() {
        return members == null ? ObjectConstraints.ANY : members;
    }

    ArrayConstraints elements() {
        return elements == null ? ArrayConstraints.ANY : elements;
    }
}
