package io.wadi.management.connectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Reads and writes the route files of created connectors. The first line marks the files that the connector API owns.
 */
final class ConnectorFile {
    private static final String PREFIX = "connector-";
    private static final String SUFFIX = ".camel.yaml";
    private static final String MARK = "# Written by the connector API, which changes and deletes this file\n";

    /** Reads all values as text, as Camel does: an unquoted 1.10 in an edited file is not the number 1.1. */
    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setSchema(new FailsafeSchema()).build();

    private ConnectorFile() {}

    /** Returns the file name of a connector with a valid name. */
    static String name(String connector) {
        return PREFIX + connector + SUFFIX;
    }

    /** Returns whether the connector API has written a file. */
    static boolean isOwn(String file, String text) {
        return file.startsWith(PREFIX) && text.startsWith(MARK);
    }

    /** Returns the content of the file for a valid configuration. */
    static String render(Map<String, String> config) {
        String template = config.get(ConnectorParameter.CLASS);
        String name = config.get(ConnectorParameter.NAME);
        Map<String, String> parameters = new TreeMap<>(config);
        parameters.remove(ConnectorParameter.CLASS);
        parameters.remove(ConnectorParameter.NAME);
        String threads = parameters.remove(ConnectorParameter.TASKS_MAX);
        parameters.values().removeIf(Objects::isNull);
        if (ConnectorPlugins.isSink(template)) {
            parameters.put("group", "connect-" + name);
            if (threads != null) {
                parameters.put("consumers", threads);
            }
        }
        StringBuilder text = new StringBuilder(MARK)
                .append("- templatedRoute:\n    routeTemplateRef: ")
                .append(quoted(template))
                .append("\n    routeId: ")
                .append(quoted(name))
                .append("\n    parameters:\n");
        parameters.forEach((parameter, value) -> text.append("      - {name: ")
                .append(quoted(parameter))
                .append(", value: ")
                .append(quoted(value))
                .append("}\n"));
        return text.toString();
    }

    /** Returns a text as a JSON string, which is also a valid YAML string. */
    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    /** Returns the configuration of a loaded file. */
    static Map<String, String> parse(String text) {
        JsonNode route = ConnectJson.JSON
                .<JsonNode>valueToTree(new Load(SETTINGS).loadFromString(text))
                .path(0)
                .path("templatedRoute");
        Map<String, String> config = new TreeMap<>();
        route.path("parameters")
                .forEach(each -> config.put(
                        each.path("name").asText(), each.path("value").asText()));
        config.remove("group");
        String threads = config.remove("consumers");
        config.put(ConnectorParameter.TASKS_MAX, threads == null ? "1" : threads);
        config.put(ConnectorParameter.CLASS, route.path("routeTemplateRef").asText());
        config.put(ConnectorParameter.NAME, route.path("routeId").asText());
        return config;
    }
}
