package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * The constraints on one location of an event: the keywords of every schema that applies there, merged. A node may
 * contain itself, as in schemas of trees and lists.
 */
class SchemaNode implements EventSchema.Check {
    /** No constraint. */
    static final SchemaNode ANY = new SchemaNode();

    private int types = JsonTypes.ALL;
    private EnumConstraint allowedValues;
    // Each of these four is null if it has no constraints.
    private StringConstraints text;
    private NumberConstraints number;
    private ObjectConstraints object;
    private ArrayConstraints array;

    /** Sets the constraints, once, before the first check. */
    void fill(Collection<JsonNode> schemas, SchemaCompiler compiler) throws Subschemas.NotStreamableException {
        types = JsonTypes.of(schemas);
        allowedValues = EnumConstraint.of(schemas);
        text = StringConstraints.of(schemas, compiler.formats());
        number = NumberConstraints.of(schemas);
        object = ObjectConstraints.of(schemas, compiler);
        array = ArrayConstraints.of(schemas, compiler);
    }

    /**
     * Checks the value that starts at the parser's current token. If there is no problem, the parser is afterwards at
     * the value's last token.
     */
    @Override
    public Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException {
        if (types != JsonTypes.ALL && !JsonTypes.has(types, parser)) {
            return problem(parser, typeViolation(parser.currentToken()));
        }
        if (allowedValues != null && !allowedValues.has(parser)) {
            return problem(parser, allowedValues.toString());
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object == null ? skip(parser) : object.check(parser, key);
            case START_ARRAY -> array == null ? skip(parser) : array.check(parser, key);
            case VALUE_STRING -> text == null ? null : problem(parser, text.violation(parser));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                number == null ? null : problem(parser, number.violation(parser));
            default -> null;
        };
    }

    /** Returns the violation by a property's name of this node as {@code propertyNames}; null if the name is valid. */
    String nameViolation(String name) {
        if ((types & JsonTypes.STRING) == 0) {
            return typeViolation(JsonToken.VALUE_STRING);
        }
        if (allowedValues != null && !allowedValues.has(name)) {
            return allowedValues.toString();
        }
        return text == null ? null : text.violation(name);
    }

    private String typeViolation(JsonToken found) {
        return types == 0
                ? "no value is allowed here"
                : "found %s, expected %s".formatted(JsonTypes.found(found), JsonTypes.names(types));
    }

    private static Problem skip(JsonParser parser) throws IOException {
        parser.skipChildren();
        return null;
    }

    /** Returns a problem at the parser's location; null if the text is null. */
    static Problem problem(JsonParser parser, String text) {
        return text == null ? null : problem(parser, new Problem("", text));
    }

    /** Returns a problem within the value that starts or ends at the parser's location. */
    static Problem problem(JsonParser parser, Problem within) {
        return new Problem(parser.getParsingContext().pathAsPointer() + within.pointer(), within.text());
    }

    /** Returns a copy that extracts the record's key from a value, through objects only. */
    SchemaNode withKey(JsonPointer pointer) {
        if (pointer.matches()) {
            return new KeyNode(this);
        }
        String name = pointer.getMatchingProperty();
        SchemaNode node = new SchemaNode();
        node.types = types;
        node.allowedValues = allowedValues;
        node.text = text;
        node.number = number;
        node.object = object().with(name, object().node(name).withKey(pointer.tail()));
        node.array = array;
        return node;
    }

    /** Returns a copy that allows only strings. */
    SchemaNode ofStrings() {
        SchemaNode node = new SchemaNode();
        node.types = types & JsonTypes.STRING;
        node.allowedValues = allowedValues;
        node.text = text;
        return node;
    }

    int types() {
        return types;
    }

    /** Returns the allowed values; null if any value is allowed. */
    EnumConstraint allowedValues() {
        return allowedValues;
    }

    StringConstraints text() {
        return text == null ? StringConstraints.ANY : text;
    }

    NumberConstraints number() {
        return number == null ? NumberConstraints.ANY : number;
    }

    ObjectConstraints object() {
        return object == null ? ObjectConstraints.ANY : object;
    }

    ArrayConstraints array() {
        return array == null ? ArrayConstraints.ANY : array;
    }
}
