package io.wadi.management.connectors;

import static io.wadi.management.connectors.ConnectJson.JSON;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.runtime.config.Secrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RouteTemplateParameterDefinition;

/** The route templates that requests may create connectors from, as plugins of Kafka Connect. Thread-safe. */
record ConnectorPlugins(ModelCamelContext context, AllowedDirectories directories) {
    private static final Map<String, Connector.Type> TEMPLATES = new TreeMap<>(Map.of(
            "database-to-topic", Connector.Type.SOURCE,
            "file-to-topic", Connector.Type.SOURCE,
            "hdfs-to-topic", Connector.Type.SOURCE,
            "topic-to-database", Connector.Type.SINK,
            "topic-to-file", Connector.Type.SINK));

    /** A valid topic name; the parameter's own check rejects invalid names. */
    private static final Pattern TOPIC = Pattern.compile("[\\w.-]{1,249}");

    /** A value of a configuration and its errors; {@code parameter} is null for an unknown name. */
    private record Value(String name, ConnectorParameter parameter, String value, List<String> errors) {}

    /** Returns the names and types of the allowed templates that are loaded. */
    Map<String, Connector.Type> loaded() {
        return TEMPLATES.entrySet().stream()
                .filter(each -> context.getRouteTemplateDefinition(each.getKey()) != null)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, TreeMap::new));
    }

    static boolean isSink(String template) {
        return TEMPLATES.get(template) == Connector.Type.SINK;
    }

    private List<ConnectorParameter> parameters(String template) throws ConnectException {
        Connector.Type type = TEMPLATES.get(template);
        RouteTemplateDefinition definition = type == null ? null : context.getRouteTemplateDefinition(template);
        if (definition == null) {
            throw ConnectException.badRequest(
                    "Failed to find any class that implements Connector and which name matches %s, available connectors are: %s"
                            .formatted(template, String.join(", ", loaded().keySet())));
        }
        List<ConnectorParameter> parameters = new ArrayList<>(ConnectorParameter.IDENTITY);
        for (RouteTemplateParameterDefinition each : definition.getTemplateParameters()) {
            ConnectorParameter.allowed(each.getName(), type)
                    .ifPresent(setting -> parameters.add(new ConnectorParameter(
                            setting,
                            each.isRequired() && each.getDefaultValue() == null,
                            each.getDefaultValue(),
                            template)));
        }
        return parameters;
    }

    /** Returns the parameters of a template, the response body of {@code GET /connector-plugins/NAME/config}. */
    ArrayNode definitions(String template) throws ConnectException {
        if (!loaded().containsKey(template)) {
            throw ConnectException.notFound("Unknown plugin %s.".formatted(template));
        }
        ArrayNode definitions = JSON.createArrayNode();
        for (ConnectorParameter each : parameters(template)) {
            definitions.add(each.definition(definitions.size() + 1));
        }
        return definitions;
    }

    private List<Value> values(String template, Map<String, String> config) throws ConnectException {
        List<Value> values = new ArrayList<>();
        Set<String> unknown = new TreeSet<>(config.keySet());
        for (ConnectorParameter each : parameters(template)) {
            String value = config.get(each.name());
            values.add(new Value(each.name(), each, value, errors(each, value, config)));
            unknown.remove(each.name());
        }
        for (String name : unknown) {
            String value = Secrets.isSecret(name) ? Secrets.HIDDEN : config.get(name);
            values.add(new Value(name, null, value, List.of("Configuration is not defined: " + name)));
        }
        return values;
    }

    /**
     * Returns the errors of a value. A sink's path is checked for each topic, since each may be a symbolic link;
     * several topics must not share a file.
     */
    private List<String> errors(ConnectorParameter parameter, String value, Map<String, String> config) {
        String topics = config.get("topic");
        if (!parameter.name().equals("file") || value == null || topics == null) {
            return parameter.errors(value, directories);
        }
        if (topics.contains(",") && !value.contains("{topic}")) {
            return parameter.invalid(value, "expected a path with {topic}, since there are several topics");
        }
        return Stream.of(topics.split(","))
                .filter(topic -> TOPIC.matcher(topic.strip()).matches())
                .map(topic -> parameter.errors(value.replace("{topic}", topic.strip()), directories))
                .filter(errors -> !errors.isEmpty())
                .findFirst()
                .orElseGet(() -> parameter.errors(value, directories));
    }

    /** Returns the result of {@code PUT /connector-plugins/NAME/config/validate}. */
    ObjectNode validation(String template, Map<String, String> config) throws ConnectException {
        String named = config.putIfAbsent(ConnectorParameter.CLASS, template);
        if (named != null && !named.equals(template)) {
            throw ConnectException.badRequest(
                    "Included connector type %s does not match request type %s".formatted(named, template));
        }
        List<Value> values = values(template, config);
        ObjectNode result = JSON.createObjectNode().put("name", template);
        result.put(
                "error_count",
                values.stream().filter(each -> !each.errors().isEmpty()).count());
        result.putArray("groups").add(ConnectorParameter.COMMON).add(template);
        ArrayNode configs = result.putArray("configs");
        for (Value each : values) {
            ObjectNode entry = configs.addObject();
            entry.set(
                    "definition",
                    each.parameter() == null ? null : each.parameter().definition(configs.size()));
            ObjectNode value = entry.putObject("value").put("name", each.name()).put("value", each.value());
            value.putArray("recommended_values");
            ArrayNode errors = value.putArray("errors");
            each.errors().forEach(errors::add);
            value.put("visible", true);
        }
        return result;
    }

    /**
     * Checks the name of a new connector.
     *
     * @throws ConnectException if the name is invalid
     */
    static void checkName(String connector) throws ConnectException {
        throwIfAny(ConnectorParameter.IDENTITY.get(0).errors(connector, new AllowedDirectories(List.of(), List.of())));
    }

    private static void throwIfAny(List<String> errors) throws ConnectException {
        if (!errors.isEmpty()) {
            throw ConnectException.badRequest(
                    "Connector configuration is invalid and contains the following %d error(s):\n%s\nYou can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`"
                            .formatted(errors.size(), String.join("\n", errors)));
        }
    }

    /**
     * Checks a configuration.
     *
     * @throws ConnectException if the configuration is invalid; the message contains all errors
     */
    void check(Map<String, String> config) throws ConnectException {
        String template = config.get(ConnectorParameter.CLASS);
        if (template == null) {
            throw ConnectException.badRequest(
                    "Connector config %s contains no connector type".formatted(config.keySet()));
        }
        throwIfAny(values(template, config).stream()
                .flatMap(each -> each.errors().stream())
                .toList());
    }
}
