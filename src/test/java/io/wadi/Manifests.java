package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** The manifests of {@code docker/kubernetes}, without the overlays. */
final class Manifests {
    static final Path HOME = Path.of("docker", "kubernetes");
    static final Path BASE = HOME.resolve("base");
    static final Path SCALING = HOME.resolve("components/scale-on-lag");
    static final List<String> ROLES = List.of("ingest", "landing", "indexing", "metrics");
    static final YAMLMapper YAML = new YAMLMapper();

    private final List<JsonNode> base = resources(BASE);
    private final List<JsonNode> scaling = resources(SCALING);
    private final Map<String, Map<String, String>> configMaps = configMaps(BASE);

    Manifests() throws IOException {}

    List<JsonNode> base() {
        return base;
    }

    List<JsonNode> scaling() {
        return scaling;
    }

    /**
     * Returns the content of each ConfigMap that the base generates: literals with their values, files with empty
     * values.
     */
    Map<String, Map<String, String>> configMaps() {
        return configMaps;
    }

    private static List<JsonNode> resources(Path directory) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (String file : ComposeFile.texts(kustomization(directory).path("resources"))) {
            all.addAll(documents(Files.readString(directory.resolve(file))));
        }
        return all;
    }

    static JsonNode kustomization(Path directory) throws IOException {
        return YAML.readTree(directory.resolve("kustomization.yaml").toFile());
    }

    static List<JsonNode> documents(String yaml) throws IOException {
        return YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll();
    }

    private static Map<String, Map<String, String>> configMaps(Path directory) throws IOException {
        Map<String, Map<String, String>> maps = new HashMap<>();
        for (JsonNode generator : kustomization(directory).path("configMapGenerator")) {
            Map<String, String> content = new TreeMap<>();
            for (String file : ComposeFile.texts(generator.path("files"))) {
                Path path = directory.resolve(file);
                assertThat(path).exists();
                content.put(path.getFileName().toString(), "");
            }
            for (String literal : ComposeFile.texts(generator.path("literals"))) {
                int equals = literal.indexOf('=');
                content.put(literal.substring(0, equals), literal.substring(equals + 1));
            }
            maps.put(generator.path("name").asText(), content);
        }
        return maps;
    }

    void forEachDeployment(BiConsumer<String, JsonNode> check) {
        assertThat(deployments()).hasSize(4);
        deployments().forEach(check);
    }

    Map<String, JsonNode> deployments() {
        Map<String, JsonNode> deployments = new TreeMap<>();
        kinds(base, "Deployment").forEach(each -> deployments.put(name(each), each));
        return deployments;
    }

    static List<JsonNode> kinds(List<JsonNode> resources, String kind) {
        return resources.stream()
                .filter(each -> each.path("kind").asText().equals(kind))
                .toList();
    }

    static JsonNode named(List<JsonNode> resources, String kind, String name) {
        return kinds(resources, kind).stream()
                .filter(each -> name(each).equals(name))
                .findFirst()
                .orElseThrow();
    }

    static String name(JsonNode resource) {
        return name(resource, "/metadata/name");
    }

    static String name(JsonNode node, String pointer) {
        return node.at(pointer).asText();
    }

    /** Returns the names in all objects with this field name. */
    static Set<String> names(JsonNode node, String field) {
        Set<String> names = new TreeSet<>();
        node.findValues(field).forEach(reference -> names.add(name(reference, "/name")));
        return names;
    }

    static JsonNode container(JsonNode deployment) {
        return deployment.at("/spec/template/spec/containers/0");
    }

    static Map<String, Integer> ports(JsonNode container) {
        Map<String, Integer> ports = new TreeMap<>();
        container
                .path("ports")
                .forEach(port -> ports.put(
                        port.path("name").asText(), port.path("containerPort").asInt()));
        return ports;
    }

    /** Returns the Deployments with pods that have these labels. */
    Set<String> selects(JsonNode labels) {
        assertThat(labels).isNotEmpty();
        Set<String> found = new TreeSet<>();
        deployments().forEach((name, deployment) -> {
            ObjectNode pod = new ObjectMapper().createObjectNode();
            pod.setAll((ObjectNode) deployment.at("/spec/template/metadata/labels"));
            if (labels.propertyStream().allMatch(label -> label.getValue().equals(pod.path(label.getKey())))) {
                found.add(name);
            }
        });
        return found;
    }

    /** Returns the variables of the ConfigMaps and of the container, with a placeholder for values from elsewhere. */
    Map<String, String> environment(JsonNode deployment) {
        Map<String, String> environment = new TreeMap<>();
        names(container(deployment), "configMapRef").forEach(map -> environment.putAll(configMaps.get(map)));
        container(deployment)
                .path("env")
                .forEach(variable -> environment.put(
                        variable.path("name").asText(),
                        variable.path("value").asText("from elsewhere").replace("$(POD_IP)", "10.0.0.1")));
        return environment;
    }
}
