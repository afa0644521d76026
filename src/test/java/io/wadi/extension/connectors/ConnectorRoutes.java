package io.wadi.extension.connectors;

import io.wadi.testing.RunningWadi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Routes from the shipped templates of connectors, as in a user's file. */
public final class ConnectorRoutes {
    private ConnectorRoutes() {}

    /**
     * Returns a route from a template, as written in a file.
     *
     * @param parameters the names and values of the template's parameters
     */
    public static String route(String template, String id, Map<String, String> parameters) {
        return """
                - templatedRoute:
                    routeTemplateRef: %s
                    routeId: %s
                    parameters:
                %s
                """.formatted(
                template,
                id,
                parameters.entrySet().stream()
                        .map(each -> "      - {name: %s, value: \"%s\"}".formatted(each.getKey(), each.getValue()))
                        .collect(Collectors.joining("\n")));
    }

    /** Returns the value of the parameter {@code transforms}: properties of Kafka Connect, separated by blanks. */
    public static String transforms(String... properties) {
        return String.join(" ", properties);
    }

    /** Creates a configuration directory with only the shipped templates and these routes. */
    public static Path configure(Path directory, String routes) throws java.io.IOException {
        Path files = Files.createDirectories(directory.resolve("routes"));
        for (String each : List.of(
                "errors",
                "topic-to-database",
                "database-to-topic",
                "file-to-topic",
                "topic-to-file",
                "hdfs-to-topic")) {
            Files.copy(Path.of("routes", each + ".camel.yaml"), files.resolve(each + ".camel.yaml"));
        }
        Files.copy(Path.of("application.properties"), directory.resolve("application.properties"));
        Files.writeString(files.resolve("own.camel.yaml"), routes);
        return directory;
    }

    /** Starts a pipeline with these routes in this JVM. */
    public static RunningWadi start(Path directory, String routes, Map<String, String> properties) throws Exception {
        return RunningWadi.startConfigured(configure(directory, routes), new HashMap<>(properties));
    }
}
