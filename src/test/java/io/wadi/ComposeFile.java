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
 * {@code docker/compose.yaml} as Compose reads it where only the variables are set that it requires: with its references followed
 * and its defaults put in.
 */
final class ComposeFile {
    /** The directory of the file, to which its relative paths refer. */
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

    /** YAML's {@code <<} is a convention that Compose follows and the parser leaves to its caller. */
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

    /** The value of a variable that Compose requires. */
    static String required(String variable) {
        return "of-the-environment-" + variable;
    }

    /** The violations of the Compose Specification's schema. */
    List<String> mistakes() throws IOException {
        try (InputStream file = ComposeFile.class.getResourceAsStream("/compose-spec/compose-spec.json")) {
            ObjectNode schema = (ObjectNode) JSON.readTree(file);
            // Its own names for the draft and for itself lead nowhere.
            schema.remove(List.of("$schema", "$id"));
            Schema specification = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(schema);
            return specification.validate(root).stream().map(Error::toString).toList();
        }
    }

    JsonNode root() {
        return root;
    }

    /** All services by name. */
    Map<String, Service> services() {
        Map<String, Service> services = new TreeMap<>();
        root.path("services")
                .properties()
                .forEach(each -> services.put(each.getKey(), new Service(each.getKey(), each.getValue())));
        return services;
    }

    /** Those of Wadi's image. */
    List<Service> wadi() {
        return services().values().stream()
                .filter(service -> service.image().startsWith("wadi:"))
                .toList();
    }

    /** One service. */
    record Service(String name, JsonNode declared) {
        String image() {
            return declared.path("image").asText();
        }

        /** The profiles that it is part of. */
        List<String> profiles() {
            return texts(declared.path("profiles"));
        }

        boolean hasHealthCheck() {
            return declared.at("/healthcheck/test").isArray();
        }

        /** The services it depends on, with the condition. */
        Map<String, String> waitsFor() {
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

        /** Its ports on the machine, each with its address. */
        List<String> ports() {
            return texts(declared.path("ports")).stream()
                    .map(port -> port.substring(0, port.lastIndexOf(':')))
                    .toList();
        }

        /** Its named volumes. */
        List<String> volumes() {
            return texts(declared.path("volumes")).stream()
                    .filter(volume -> !volume.startsWith("."))
                    .map(volume -> volume.substring(0, volume.indexOf(':')))
                    .toList();
        }

        /**
         * The mounts by their path in the container; named volumes by their names, files by their paths in the
         * repository.
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

        /** Of a container of Wadi the names of its route files. */
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

        /** Copies its files as the container has them, to below {@code directory} in place of {@code /etc/wadi}. */
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

    /** Every service in turn, in the form that {@code check} takes. */
    void each(Consumer<Service> check) {
        services().values().forEach(check);
    }
}
