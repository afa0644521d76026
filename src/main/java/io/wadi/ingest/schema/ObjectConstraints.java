package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Constraints on objects: {@code properties}, {@code additionalProperties}, {@code required}, {@code propertyNames},
 * {@code minProperties} and {@code maxProperties}.
 */
final class ObjectConstraints {
    private static final int MAX_REQUIRED = Long.SIZE;

    private static final int MAX_LISTED_NAMES = 10;

    static final ObjectConstraints ANY =
            new ObjectConstraints(Map.of(), List.of(), SchemaNode.ANY, SchemaNode.ANY, CountLimits.NONE);

    private final Map<String, Property> named;
    private final List<String> required;
    private final long allRequired;
    private final SchemaNode others;
    private final SchemaNode names;
    private final CountLimits count;

    /**
     * A property that the schema names.
     *
     * @param node the node for the value
     * @param bit the bit of a required property; 0 if the property is not required
     */
    private record Property(SchemaNode node, long bit) {}

    private ObjectConstraints(
            Map<String, Property> named,
            List<String> required,
            SchemaNode others,
            SchemaNode names,
            CountLimits count) {
        this.named = named;
        this.required = required;
        this.allRequired = required.isEmpty() ? 0 : -1L >>> (Long.SIZE - required.size());
        this.others = others;
        this.names = names;
        this.count = count;
    }

    private static ObjectConstraints create(Collection<JsonNode> schemas, SchemaCompiler compiler)
            throws Subschemas.NotStreamableException {
        List<String> required = List.copyOf(requiredOf(schemas));
        if (required.size() > MAX_REQUIRED) { // a bit for each
            throw new Subschemas.NotStreamableException(
                    "an object of which %d properties are required".formatted(required.size()));
        }
        Map<String, Property> named = new LinkedHashMap<>();
        for (String name : namesOf(schemas, required)) {
            int index = required.indexOf(name);
            SchemaNode node = compiler.node(schemasFor(schemas, name));
            named.put(name, new Property(node, index < 0 ? 0 : 1L << index));
        }
        return new ObjectConstraints(
                named,
                required,
                compiler.node(schemasFor(schemas, null)),
                compiler.node(all(schemas, "propertyNames")),
                CountLimits.of(schemas, "minProperties", "maxProperties"));
    }

    /** Returns the constraints of all these schemas; null if there are none. */
    static ObjectConstraints of(Collection<JsonNode> schemas, SchemaCompiler compiler)
            throws Subschemas.NotStreamableException {
        return schemas.stream()
                        .anyMatch(schema -> schema.has("properties")
                                || schema.has("additionalProperties")
                                || schema.has("required")
                                || schema.has("propertyNames")
                                || schema.has("minProperties")
                                || schema.has("maxProperties"))
                ? create(schemas, compiler)
                : null;
    }

    /** Returns a copy with another node for a property. */
    ObjectConstraints with(String name, SchemaNode node) {
        Map<String, Property> changed = new LinkedHashMap<>(named);
        Property before = named.get(name);
        changed.put(name, new Property(node, before == null ? 0 : before.bit()));
        return new ObjectConstraints(changed, required, others, names, count);
    }

    private static Set<String> requiredOf(Collection<JsonNode> schemas) {
        Set<String> required = new LinkedHashSet<>();
        all(schemas, "required").forEach(names -> names.forEach(name -> required.add(name.textValue())));
        return required;
    }

    private static Set<String> namesOf(Collection<JsonNode> schemas, List<String> required) {
        Set<String> names = new LinkedHashSet<>();
        all(schemas, "properties").forEach(properties -> properties.fieldNames().forEachRemaining(names::add));
        names.addAll(required);
        return names;
    }

    /**
     * Returns the schemas for a property: of each schema the one in {@code properties} or else the one in {@code
     * additionalProperties}. The name null means any other property.
     */
    private static List<JsonNode> schemasFor(Collection<JsonNode> schemas, String name) {
        List<JsonNode> schemasFor = new ArrayList<>();
        for (JsonNode schema : schemas) {
            JsonNode own = name == null ? null : schema.path("properties").get(name);
            JsonNode applied = own == null ? schema.get("additionalProperties") : own;
            if (applied != null) {
                schemasFor.add(applied);
            }
        }
        return schemasFor;
    }

    private static List<JsonNode> all(Collection<JsonNode> schemas, String keyword) {
        return schemas.stream()
                .filter(schema -> schema.has(keyword))
                .map(schema -> schema.get(keyword))
                .toList();
    }

    /** Checks the object that starts at the parser's current token, as {@link SchemaNode#check} does. */
    Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException {
        long seen = 0;
        int count = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_OBJECT; token = parser.nextToken()) {
            String name = parser.currentName();
            String nameViolation = names == SchemaNode.ANY ? null : names.nameViolation(name);
            if (nameViolation != null) {
                return SchemaNode.problem(parser, "property name: " + nameViolation);
            }
            Property property = named.get(name);
            if (property == null && others.types() == 0) {
                return SchemaNode.problem(parser, unknown());
            }
            parser.nextToken();
            Problem problem = (property == null ? others : property.node()).check(parser, key);
            if (problem != null) {
                return problem;
            }
            seen |= property == null ? 0 : property.bit();
            count++;
        }
        if (seen != allRequired) {
            return SchemaNode.problem(parser, "lacks " + required.get(Long.numberOfTrailingZeros(~seen)));
        }
        return SchemaNode.problem(parser, this.count.violation(count, "properties"));
    }

    private String unknown() {
        List<String> known = named.keySet().stream().sorted().toList();
        return "unknown property, expected "
                + (known.isEmpty()
                        ? "an object without any"
                        : known.stream().limit(MAX_LISTED_NAMES).collect(Collectors.joining(", ")))
                + (known.size() > MAX_LISTED_NAMES ? " and %d more".formatted(known.size() - MAX_LISTED_NAMES) : "");
    }

    /** Returns the names of properties in the schema, sorted. */
    Set<String> knownNames() {
        return Collections.unmodifiableSet(new TreeSet<>(named.keySet()));
    }

    /** Returns the node for the value of a property. */
    SchemaNode node(String name) {
        Property property = named.get(name);
        return property == null ? others : property.node();
    }

    /** Returns the node for the values of properties that the schema does not name. */
    SchemaNode others() {
        return others;
    }

    /** Returns the node for the names of properties. */
    SchemaNode names() {
        return names;
    }

    List<String> required() {
        return required;
    }

    CountLimits count() {
        return count;
    }
}
