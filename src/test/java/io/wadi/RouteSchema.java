package io.wadi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CatalogCamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.util.StringHelper;

/**
 * A generator of the JSON Schema of route files for editors. It extends Camel's schema of the YAML DSL with the
 * parameters of Camel's components, from their metadata, of Wadi's components, from their setters, and of route
 * templates, from their files.
 */
final class RouteSchema {
    /** A property placeholder or a bean reference in place of a value. */
    private static final String PLACEHOLDER = "\\{\\{|^#";

    private static final Pattern FIRST_SENTENCE = Pattern.compile("(.*?\\w{3,}\\)?\\.)\\s+[A-Z].*", Pattern.DOTALL);
    private static final String TEMPLATED_ROUTE = "org.apache.camel.model.TemplatedRouteDefinition";
    private static final String TEMPLATED_ROUTE_PARAMETER = "org.apache.camel.model.TemplatedRouteParameterDefinition";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CatalogCamelContext camel;
    /** The names of Camel's components by the schemes that routes use. */
    private final Map<String, String> camels = new TreeMap<>();
    /** Wadi's endpoints by scheme. */
    private final Map<String, Class<? extends Endpoint>> own = new TreeMap<>();

    /** The parameters of route templates by template id. */
    private final Map<String, JsonNode> templates = new TreeMap<>();

    RouteSchema(CatalogCamelContext camel) {
        this.camel = camel;
    }

    /** Adds the parameters of a Camel component under the scheme that routes use. */
    RouteSchema camels(String scheme, String component) {
        camels.put(scheme, component);
        return this;
    }

    /** Adds the parameters of a Wadi component. */
    RouteSchema own(String scheme, Class<? extends Endpoint> endpoint) {
        own.put(scheme, endpoint);
        return this;
    }

    /** Adds the parameters of a route template. */
    RouteSchema template(JsonNode template) {
        templates.put(template.path("id").asText(), template.path("parameters"));
        return this;
    }

    /** Returns the content of the schema file, with one line for each definition. */
    String text() throws IOException {
        ObjectNode schema = schema();
        ObjectNode items = (ObjectNode) schema.remove("items");
        ObjectNode definitions = (ObjectNode) items.remove("definitions");
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, JsonNode> definition : definitions.properties()) {
            lines.add(JSON.writeValueAsString(definition.getKey()) + ":"
                    + JSON.writeValueAsString(definition.getValue()));
        }
        return open(schema) + ",\n\"items\":" + open(items) + ",\n\"definitions\":{\n" + String.join(",\n", lines)
                + "\n}}}\n";
    }

    private static String open(JsonNode object) throws IOException {
        String text = JSON.writeValueAsString(object);
        return text.substring(0, text.length() - 1);
    }

    private ObjectNode schema() throws IOException {
        ObjectNode schema = camelsSchema();
        // The first draft with conditions (if, then).
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put(
                "description",
                "Route files of Wadi, made by RouteSchemaTest of Camel's schema and of all components' parameters");
        ObjectNode definitions = (ObjectNode) schema.path("items").path("definitions");
        definitions.forEach(RouteSchema::refineEndpoints);
        ArrayNode cases = JSON.createArrayNode();
        for (Map.Entry<String, String> each : camels.entrySet()) {
            add(each.getKey(), camelsParameters(each.getValue()), definitions, cases);
        }
        for (Map.Entry<String, Class<? extends Endpoint>> each : own.entrySet()) {
            add(each.getKey(), ownParameters(each.getValue()), definitions, cases);
        }
        definitions.putObject("endpoint").set("allOf", cases);
        refineTemplatedRoutes(definitions);
        return schema;
    }

    private static ObjectNode camelsSchema() throws IOException {
        try (InputStream json = RouteSchema.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            ObjectNode schema = (ObjectNode) JSON.readTree(json);
            shorten(schema);
            return schema;
        }
    }

    private static void add(String scheme, ObjectNode parameters, ObjectNode definitions, ArrayNode cases) {
        String name = scheme + ":";
        definitions.set(name, parameters);
        ObjectNode rule = cases.addObject();
        ObjectNode condition = rule.putObject("if");
        // An absent uri matches every pattern: without this, its errors would be those of all components.
        condition.putArray("required").add("uri");
        condition.putObject("properties").putObject("uri").put("pattern", "^" + scheme + "(:|$)");
        rule.putObject("then").putObject("properties").putObject("parameters").put("$ref", reference(name));
    }

    /** Restricts a templated route of a known template to its parameters, and requires those without a default. */
    private void refineTemplatedRoutes(ObjectNode definitions) {
        ObjectNode route = (ObjectNode) definitions.path(TEMPLATED_ROUTE);
        ArrayNode templateOrOwn =
                route.withObject("/properties/routeTemplateRef").putArray("anyOf");
        ArrayNode known = templateOrOwn.addObject().putArray("enum");
        templateOrOwn.addObject().put("type", "string");
        ArrayNode cases = route.putArray("allOf");
        for (Map.Entry<String, JsonNode> template : templates.entrySet()) {
            known.add(template.getKey());
            ObjectNode rule = cases.addObject();
            ObjectNode condition = rule.putObject("if");
            condition.putArray("required").add("routeTemplateRef");
            condition.withObject("/properties/routeTemplateRef").put("const", template.getKey());
            ObjectNode then = rule.putObject("then");
            then.putArray("required").add("parameters");
            refineParameters(then.withObject("/properties/parameters"), template.getValue());
        }
        // Parameters may be numbers or booleans instead of their text.
        definitions
                .path(TEMPLATED_ROUTE_PARAMETER)
                .withObject("/properties/value")
                .putArray("type")
                .add("string")
                .add("number")
                .add("boolean");
    }

    private static void refineParameters(ObjectNode given, JsonNode parameters) {
        ArrayNode names = given.withObject("/items/properties/name").putArray("enum");
        ArrayNode needed = given.putArray("allOf");
        for (JsonNode each : parameters) {
            String name = each.path("name").asText();
            names.add(name);
            if (!each.has("defaultValue")) {
                needed.addObject().withObject("/contains/properties/name").put("const", name);
            }
        }
    }

    private static String reference(String definition) {
        return "#/items/definitions/" + definition;
    }

    /** Adds the checks of parameters by URI to every definition with a URI and parameters. */
    private static void refineEndpoints(JsonNode node) {
        JsonNode properties = node.path("properties");
        if (properties.has("uri") && properties.has("parameters")) {
            ((ObjectNode) node).putArray("allOf").addObject().put("$ref", reference("endpoint"));
        }
        node.forEach(RouteSchema::refineEndpoints);
    }

    /** Shortens descriptions to their first sentence, and permits placeholders instead of values. */
    private static void shorten(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("type").isTextual()) {
            object.remove("title");
            if (object.path("description").isTextual()) {
                object.put(
                        "description", firstSentence(object.path("description").asText()));
            }
            refineType(object);
        }
        node.forEach(RouteSchema::shorten);
    }

    private static void refineType(ObjectNode object) {
        switch (object.path("type").asText()) {
            case "boolean" -> orText(object, "boolean", "^(true|false)$");
            case "number" -> orText(object, "number", "^-?[0-9.]+$");
            case "integer" -> orText(object, "integer", "^-?[0-9]+$");
            default -> {
                if (object.has("enum")) {
                    object.putArray("anyOf").addObject().set("enum", object.remove("enum"));
                    object.withArray("anyOf").addObject().put("pattern", PLACEHOLDER);
                }
            }
        }
    }

    private static void orText(ObjectNode object, String type, String text) {
        object.putArray("type").add(type).add("string");
        object.put("pattern", text + "|" + PLACEHOLDER);
    }

    private static String firstSentence(String text) {
        Matcher more = FIRST_SENTENCE.matcher(text);
        return more.matches() ? more.group(1) : text;
    }

    private ObjectNode camelsParameters(String component) throws IOException {
        JsonNode metadata = JSON.readTree(camel.getComponentParameterJsonSchema(component));
        ObjectNode parameters =
                object(metadata.path("component").path("lenientProperties").asBoolean());
        for (Map.Entry<String, JsonNode> each : metadata.path("properties").properties()) {
            JsonNode option = each.getValue();
            ObjectNode schema = parameter(
                    option.path("type").asText(), option.path("description").asText());
            if (option.has("enum")) {
                schema.set("enum", option.path("enum"));
            }
            if (option.has("defaultValue")) {
                schema.set("default", option.path("defaultValue"));
            }
            refineType(schema);
            if (option.path("multiValue").asBoolean()) {
                parameters
                        .withObject("/patternProperties")
                        .set("^" + Pattern.quote(option.path("prefix").asText()).replaceAll("\\\\[QE]", ""), schema);
            } else {
                parameters.withObject("/properties").set(each.getKey(), schema);
            }
        }
        return parameters;
    }

    private static ObjectNode object(boolean open) {
        ObjectNode object = JSON.createObjectNode().put("type", "object").put("additionalProperties", open);
        object.putObject("properties");
        return object;
    }

    private static ObjectNode parameter(String type, String description) {
        ObjectNode parameter = JSON.createObjectNode();
        switch (type) {
            case "boolean", "integer", "number" -> parameter.put("type", type);
            case "enum" -> parameter.put("type", "string");
            default -> parameter.putArray("type").add("string").add("number").add("boolean");
        }
        return parameter.put("description", firstSentence(description));
    }

    private static ObjectNode ownParameters(Class<? extends Endpoint> endpoint) throws IOException {
        ObjectNode parameters = object(false);
        StringBuilder sources = new StringBuilder();
        for (Class<?> type = endpoint; type.getName().startsWith("io.wadi."); type = type.getSuperclass()) {
            sources.append(
                    Files.readString(Path.of("src/main/java", type.getName().replace('.', '/') + ".java")));
        }
        String source = sources.toString();
        List<Method> setters = Arrays.stream(endpoint.getMethods())
                .filter(method -> method.getDeclaringClass().getName().startsWith("io.wadi."))
                .filter(method -> method.getName().startsWith("set") && method.getParameterCount() == 1)
                .sorted(Comparator.comparing(method -> source.indexOf(" " + method.getName() + "(")))
                .toList();
        for (Method setter : setters) {
            String name = StringHelper.decapitalize(setter.getName().substring("set".length()));
            parameters.withObject("/properties").set(name, ownParameter(endpoint, setter, name, source));
        }
        for (Field field : DefaultEndpoint.class.getDeclaredFields()) {
            UriParam shared = field.getAnnotation(UriParam.class);
            if (shared != null) {
                ObjectNode schema = parameter(type(field.getType()), shared.description());
                refineType(schema);
                parameters.withObject("/properties").set(field.getName(), schema);
            }
        }
        return parameters;
    }

    private static ObjectNode ownParameter(Class<?> endpoint, Method setter, String name, String source) {
        Class<?> kept = Arrays.stream(endpoint.getDeclaredFields())
                .filter(field -> field.getName().equals(name))
                .<Class<?>>map(Field::getType)
                .findFirst()
                .orElse(setter.getParameterTypes()[0]);
        ObjectNode schema = parameter(type(kept), javadoc(setter.getName(), source));
        if (kept.isEnum()) {
            ArrayNode values = schema.putArray("enum");
            for (Object value : kept.getEnumConstants()) {
                values.add(value.toString().toLowerCase(Locale.ROOT).replace('_', '-'));
            }
        }
        refineType(schema);
        return schema;
    }

    private static String type(Class<?> type) {
        if (type == boolean.class) {
            return "boolean";
        }
        if (Set.of(int.class, long.class, short.class).contains(type)) {
            return "integer";
        }
        return type.isEnum() ? "enum" : "string";
    }

    private static String javadoc(String setter, String source) {
        Matcher comment = Pattern.compile(
                        "/\\*\\*((?:(?!\\*/).)*)\\*/\\s+public void " + setter + "\\(", Pattern.DOTALL)
                .matcher(source);
        if (!comment.find()) {
            throw new AssertionError("no Javadoc of " + setter);
        }
        String text = comment.group(1).replaceAll("(?m)^\\s*\\*", " ").strip().replaceAll("\\s+", " ");
        return text.replaceAll("\\{@(?:code|link) ([^}]*(?:\\{[^}]*})?[^}]*)}", "$1");
    }

    /** Returns the schemes of the endpoints in a parsed route file. */
    static Set<String> schemes(JsonNode routes) {
        return routes.findValuesAsText("uri").stream()
                .map(uri -> uri.replaceFirst(":.*", ""))
                .filter(scheme -> scheme.matches("[a-z-]+"))
                .collect(Collectors.toSet());
    }
}
