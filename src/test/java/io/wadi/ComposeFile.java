package io.wadi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * {@code docker/compose.yaml} as Compose reads it if only the required variables are set, with references resolved and
 * defaults inserted.
 */
final class ComposeFile {
    /** The file; its relative paths refer to its directory. */
    static final Path FILE = Path.of("docker", "compose.yaml");

    /** The directory of route files in a container of Wadi. */
    private static final String ROUTES = "/etc/wadi/routes";

    private static final ObjectMapper JSON = new ObjectMapper();
    /** {@code $$}, {@code ${NAME:-default}}, {@code ${NAME:?message}} and {@code ${NAME}}. */
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\$|\\{(\\w+)(?::(?:-([^}]*)|(\\?)[^}]+))?})");

    private final JsonNode root;

    private ComposeFile(JsonNode root) {
        this.root = root;
    }

    static ComposeFile shipped() throws IOException {
        return parse(Files.readString(FILE));
    }

    static ComposeFile parse(String yaml) {
        Object loaded = new Load(
                        LoadSettings.builder().setMaxAliasesForCollections(1000).build())
                .loadFromString(yaml);
        return new ComposeFile(JSON.valueToTree(resolved(loaded)));
    }

    /** Resolves YAML's merge key {@code <<}, which Compose supports and the parser does not. */
    private static Object resolved(Object node) {
        if (node instanceof Map<?, ?> map) {
            Map<String, Object> all = new LinkedHashMap<>();
            Object merged = resolved(map.get("<<"));
            for (Object each : merged instanceof List<?> several ? several : Collections.singletonList(merged)) {
                if (each instanceof Map<?, ?> one) {
                    one.forEach((name, value) -> all.putIfAbsent((String) name, value));
                }
            }
            map.forEach((name, value) -> {
                if (!name.equals("<<")) {
                    all.put(name.toString(), resolved(value));
                }
            });
            return all;
        }
        if (node instanceof List<?> list) {
            return list.stream().map(ComposeFile::resolved).toList();
        }
        return node instanceof String text ? VARIABLE.matcher(text).replaceAll(ComposeFile::interpolated) : node;
    }

    private static String interpolated(MatchResult variable) {
        if (variable.group(3) != null) {
            return required(variable.group(1));
        }
        String value = variable.group().equals("$$") ? "\\$" : variable.group(2);
        return value == null ? "" : value;
    }

    /** Returns the test's value of a variable that Compose requires. */
    static String required(String variable) {
        return "of-the-environment-" + variable;
    }

    /** Returns the violations of the Compose Specification's schema. */
    List<String> mistakes() throws IOException {
        try (InputStream file = ComposeFile.class.getResourceAsStream("/compose-spec/compose-spec.json")) {
            ObjectNode schema = (ObjectNode) JSON.readTree(file);
            // The URIs of the draft and of the schema itself cannot be resolved.
            schema.remove(List.of("$schema", "$id"));
            Schema specification = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(schema);
            return specification.validate(root).stream().map(Error::toString).toList();
        }
    }

    JsonNode root() {
        return root;
    }

    /** Returns all services by name. */
    Map<String, Service> services() {
        Map<String, Service> services = new TreeMap<>();
        root.path("services")
                .properties()
                .forEach(each -> services.put(each.getKey(), new Service(each.getKey(), each.getValue())));
        return services;
    }

    /** Returns the services that run Wadi's image. */
    List<Service> wadi() {
        return services().values().stream()
                .filter(service -> service.image().startsWith("wadi:"))
                .toList();
    }

    record Service(String name, JsonNode declared) {
        String image() {
            return declared.path("image").asText();
        }

        /** Returns the profiles of the service. */
        List<String> profiles() {
            return texts(declared.path("profiles"));
        }

        boolean hasHealthCheck() {
            return declared.at("/healthcheck/test").isArray();
        }

        /** Returns the services on which the service depends, with the conditions. */
        Map<String, String> dependencies() {
            Map<String, String> conditions = new TreeMap<>();
            declared.path("depends_on")
                    .properties()
                    .forEach(each -> conditions.put(
                            each.getKey(), each.getValue().path("condition").asText()));
            return conditions;
        }

        Map<String, String> environment() {
            Map<String, String> environment = new TreeMap<>();
            declared.path("environment")
                    .properties()
                    .forEach(each ->
                            environment.put(each.getKey(), each.getValue().asText()));
            return environment;
        }

        ContainerSettings settings() {
            return new ContainerSettings(environment());
        }

        /** Returns the published ports, each with its host address. */
        List<String> ports() {
            return texts(declared.path("ports")).stream()
                    .map(port -> port.substring(0, port.lastIndexOf(':')))
                    .toList();
        }

        /** Returns the named volumes. */
        List<String> volumes() {
            return texts(declared.path("volumes")).stream()
                    .filter(volume -> !volume.startsWith("."))
                    .map(volume -> volume.substring(0, volume.indexOf(':')))
                    .toList();
        }

        /**
         * Returns the source of each mount by its path in the container: a volume's name or a path in the repository.
         */
        Map<String, String> mounts() {
            Map<String, String> mounts = new TreeMap<>();
            for (String volume : texts(declared.path("volumes"))) {
                int colon = volume.indexOf(':');
                String what = volume.substring(0, colon);
                mounts.put(
                        volume.substring(colon + 1).replaceFirst(":ro$", ""),
                        what.startsWith(".")
                                ? FILE.resolveSibling(what).normalize().toString()
                                : what);
            }
            return mounts;
        }

        /** Returns the names of the route files in a container of Wadi. */
        List<String> routes() throws IOException {
            if (mounts().containsKey(ROUTES)) {
                try (Stream<Path> files = Files.list(Path.of(mounts().get(ROUTES)))) {
                    return files.map(file -> file.getFileName().toString())
                            .sorted()
                            .toList();
                }
            }
            return mounts().keySet().stream()
                    .filter(place -> place.startsWith(ROUTES + "/"))
                    .map(place -> place.substring(ROUTES.length() + 1))
                    .toList();
        }

        /** Copies the files that the container has in {@code /etc/wadi} to {@code directory}. */
        void copyFiles(Path directory) throws IOException {
            for (Map.Entry<String, String> mount : mounts().entrySet()) {
                if (mount.getKey().startsWith("/etc/wadi/")) {
                    Path from = Path.of(mount.getValue());
                    Path to = directory.resolve(mount.getKey().substring("/etc/wadi/".length()));
                    try (Stream<Path> files = Files.walk(from)) {
                        for (Path file : files.filter(Files::isRegularFile).toList()) {
                            Path copy =
                                    to.resolve(from.relativize(file).toString()).normalize();
                            Files.createDirectories(copy.getParent());
                            Files.copy(file, copy);
                        }
                    }
                }
            }
        }

        Duration stopsWithin() {
            return Units.duration(declared.path("stop_grace_period").asText("10s"));
        }
    }

    static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** Calls {@code check} for every service. */
    void each(Consumer<Service> check) {
        services().values().forEach(check);
    }
}
