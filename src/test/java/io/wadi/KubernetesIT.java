package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.wadi.indexing.client.ElasticsearchSettings;
import io.wadi.ingest.IngestSettings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.testing.Program;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests of {@code docker/kubernetes}: they match the schema of Kubernetes, and the files, settings, ports and
 * labels that they refer to exist. The base is read directly; the overlays built by Kustomize are checked if kubectl is
 * installed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KubernetesIT {
    private static final Path HOME = Path.of("docker", "kubernetes");
    private static final Path BASE = HOME.resolve("base");
    private static final Path SCALING = HOME.resolve("components/scale-on-lag");
    /** Created by the operator, as described in docs/how-to/deploy.md. */
    private static final Set<String> SECRETS = Set.of("wadi-users", "wadi-keys", "wadi-elasticsearch");

    private static final List<String> ROLES = List.of("ingest", "landing", "indexing", "metrics");
    private static final YAMLMapper YAML = new YAMLMapper();

    private List<JsonNode> base;
    private List<JsonNode> scaling;
    /** The content of each ConfigMap that the base generates: literals with their values, files with empty values. */
    private Map<String, Map<String, String>> configMaps;

    @BeforeAll
    void read() throws IOException {
        base = resources(BASE);
        scaling = resources(SCALING);
        configMaps = configMaps(BASE);
    }

    private static List<JsonNode> resources(Path directory) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (String file : ComposeFile.texts(kustomization(directory).path("resources"))) {
            all.addAll(documents(Files.readString(directory.resolve(file))));
        }
        return all;
    }

    private static JsonNode kustomization(Path directory) throws IOException {
        return YAML.readTree(directory.resolve("kustomization.yaml").toFile());
    }

    private static List<JsonNode> documents(String yaml) throws IOException {
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

    // ---- the schema

    @Test
    void resource_matchesTheKubernetesSchema() throws IOException {
        assertThat(base)
                .hasSize(13)
                .allSatisfy(resource -> assertThat(mistakes(resource)).isEmpty());
        assertThat(scaling)
                .hasSize(4)
                .allSatisfy(resource -> assertThat(mistakes(resource)).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            an unknown field            | minReadySeconds: 5            | minimumReadySeconds: 5
            a field of another object   | periodSeconds: 1,             | perSeconds: 1,
            text instead of a number    | runAsUser: 10001              | runAsUser: wadi
            an unknown version          | apiVersion: policy/v1         | apiVersion: policy/v1beta1
            an unknown kind             | kind: PodDisruptionBudget     | kind: PodDisruptionsBudget
            a missing required field    | configMapRef: {name: wadi-environment} | configMapReference: {name: wadi-environment}
            """)
    void mistake_isDetected(String mistake, String right, String wrong) throws IOException {
        String ingest = Files.readString(BASE.resolve("ingest.yaml"));
        assertThat(ingest).contains(right);

        List<String> mistakes = new ArrayList<>();
        for (JsonNode resource : documents(ingest.replace(right, wrong))) {
            mistakes.addAll(mistakes(resource));
        }
        assertThat(mistakes).as(mistake).isNotEmpty();
    }

    private static List<String> mistakes(JsonNode resource) throws IOException {
        try (InputStream file = KubernetesIT.class.getResourceAsStream("/kubernetes/kubernetes-1.36.json")) {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(file);
            return schema.validate(resource).stream().map(Error::toString).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void kustomize_buildsTheOverlay_whereInstalled(String overlay) throws IOException {
        assumeTrue(Program.isThere("kubectl"), "Skipped: no kubectl on the PATH, of 1.21 or newer");

        Program.Ended built = Program.attempt(
                "kubectl",
                "kustomize",
                "--load-restrictor",
                "LoadRestrictionsNone",
                HOME.resolve("overlays/" + overlay).toString());
        assertThat(built.code()).as(built.output()).isZero();
        List<JsonNode> all = documents(built.output());
        assertThat(all).allSatisfy(resource -> assertThat(mistakes(resource)).isEmpty());
        assertThat(all)
                .allSatisfy(resource -> assertThat(
                                resource.at("/metadata/namespace").asText())
                        .isEqualTo(overlay.equals("dev") ? "wadi-dev" : "wadi"));
        assertThat(kinds(all, "ConfigMap")).hasSameSizeAs(configMaps.keySet());
        for (JsonNode deployment : kinds(all, "Deployment")) {
            // With an autoscaler, the Deployment sets no number of replicas.
            assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(overlay.equals("dev") ? 1 : 0);
            Map<String, String> environment = new HashMap<>();
            deployment
                    .findValues("configMapRef")
                    .forEach(reference -> kinds(all, "ConfigMap").stream()
                            .filter(map -> name(map).equals(name(reference, "/name")))
                            .forEach(map -> map.path("data")
                                    .properties()
                                    .forEach(each -> environment.put(
                                            each.getKey(), each.getValue().asText()))));
            assertThat(environment).containsKey("WADI_KAFKA_BROKERS");
            assertThat(new ContainerSettings(environment).mistakes()).isEmpty();
        }
        assertThat(kinds(all, "HorizontalPodAutoscaler")).hasSize(overlay.equals("dev") ? 0 : 4);
    }

    /** Kustomize ignores files that no kustomization lists. */
    @Test
    void eachFile_isListedInAKustomization() throws IOException {
        for (Path directory :
                List.of(BASE, SCALING, HOME.resolve("overlays/dev"), HOME.resolve("overlays/production"))) {
            JsonNode kustomization = kustomization(directory);
            Set<String> named = new TreeSet<>(ComposeFile.texts(kustomization.path("resources")));
            named.addAll(kustomization.findValuesAsText("path"));
            // The values of a Helm chart.
            named.add("prometheus-adapter.yaml");
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files.map(file -> file.getFileName().toString())
                                .filter(file -> !file.equals("kustomization.yaml")))
                        .isSubsetOf(named);
            }
        }
    }

    // ---- containers

    @Test
    void role_isADeployment_withTheSameRoutesAsInCompose() throws IOException {
        Map<String, ComposeFile.Service> compose = ComposeFile.shipped().services();
        assertThat(deployments()).containsOnlyKeys("wadi-ingest", "wadi-landing", "wadi-indexing", "wadi-metrics");
        for (String role : ROLES) {
            JsonNode deployment = deployments().get("wadi-" + role);
            List<String> routes = new ArrayList<>();
            for (JsonNode source : deployment.at("/spec/template/spec/volumes/0/projected/sources")) {
                String map = source.at("/configMap/name").asText();
                for (JsonNode item : source.at("/configMap/items")) {
                    assertThat(configMaps.get(map)).containsKey(item.path("key").asText());
                    String path = item.path("path").asText();
                    if (path.startsWith("routes/")) {
                        routes.add(path.substring("routes/".length()));
                    }
                }
            }
            assertThat(routes)
                    .as(role)
                    .containsExactlyInAnyOrderElementsOf(
                            compose.get(role + "-1").routes());
            assertThat(container(deployment).path("image").asText())
                    .isEqualTo(compose.get(role + "-1").image());
            assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(2);
        }
    }

    @Test
    void probe_requestsAnExistingPathOfTheManagementPort() {
        forEachDeployment((name, deployment) -> {
            JsonNode container = container(deployment);
            Map<String, Integer> ports = ports(container);
            assertThat(ports)
                    .containsEntry(
                            "management",
                            WadiSettings.MANAGEMENT_PORT
                                    .parser()
                                    .apply(WadiSettings.MANAGEMENT_PORT.defaultText())
                                    .intValue());
            // RolesIT requests these three.
            Map.of("startupProbe", "started", "livenessProbe", "live", "readinessProbe", "ready")
                    .forEach((probe, path) -> {
                        JsonNode request = container.path(probe).path("httpGet");
                        assertThat(request.path("path").asText()).as(name).isEqualTo("/observe/health/" + path);
                        assertThat(request.path("port").asText()).isEqualTo("management");
                    });
            JsonNode annotations = deployment.at("/spec/template/metadata/annotations");
            assertThat(annotations.path("prometheus.io/port").asText())
                    .isEqualTo(ports.get("management").toString());
            assertThat(annotations.path("prometheus.io/path").asText()).isEqualTo("/observe/metrics");
        });
    }

    @Test
    void settings_areValid_andLeaveTimeToStop() {
        forEachDeployment((name, deployment) -> {
            ContainerSettings settings = new ContainerSettings(environment(deployment));
            assertThat(settings.mistakes()).as(name).isEmpty();
            assertThat(settings.get(WadiSettings.MANAGEMENT_HOST)).isEqualTo("0.0.0.0");
            assertThat(Duration.ofSeconds(deployment
                            .at("/spec/template/spec/terminationGracePeriodSeconds")
                            .asLong()))
                    .as(name)
                    .isGreaterThan(settings.longestStop());
            // Service links would add variables such as WADI_INGEST_PORT.
            assertThat(deployment.at("/spec/template/spec/enableServiceLinks").asBoolean(true))
                    .isFalse();
        });
        assertThat(new ContainerSettings(environment(deployments().get("wadi-ingest"))).get(WadiSettings.STOP_DELAY))
                .isPositive();
    }

    @Test
    void eventPort_isReachableFromOtherHosts_andRequiresKeys_onIngestOnly() {
        forEachDeployment((name, deployment) -> {
            boolean takesEvents = name.equals("wadi-ingest");
            ContainerSettings settings = new ContainerSettings(environment(deployment));
            assertThat(settings.get(WadiSettings.HTTP_HOST)).as(name).isEqualTo(takesEvents ? "0.0.0.0" : "localhost");
            assertThat(settings.get(IngestSettings.KEYS_FILE))
                    .as(name)
                    .isEqualTo(takesEvents ? "/run/keys/keys.yaml" : "");
            assertThat(settings.get(IngestSettings.ANONYMOUS_ENABLED)).as(name).isFalse();
            assertThat(settings.get(ElasticsearchSettings.USER))
                    .as(name)
                    .isEqualTo(name.equals("wadi-indexing") ? "wadi" : "");
        });
    }

    @Test
    void container_hasMinimalPrivileges() throws IOException {
        String user = Files.readString(Path.of("docker", "Dockerfile")).replaceAll("(?s).*\\nUSER (\\d+):.*", "$1");
        forEachDeployment((name, deployment) -> {
            JsonNode pod = deployment.at("/spec/template/spec");
            assertThat(pod.at("/securityContext/runAsUser").asText()).as(name).isEqualTo(user);
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
            JsonNode security = container(deployment).path("securityContext");
            assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(ComposeFile.texts(security.at("/capabilities/drop"))).containsExactly("ALL");
            JsonNode resources = container(deployment).path("resources");
            assertThat(resources.at("/limits/memory")).isEqualTo(resources.at("/requests/memory"));
            assertThat(resources.path("limits").has("cpu")).isFalse();
        });
    }

    // ---- references

    @Test
    void configMapSecretAndVolume_exist() {
        forEachDeployment((name, deployment) -> {
            JsonNode pod = deployment.at("/spec/template/spec");
            assertThat(names(pod, "configMapRef")).as(name).isSubsetOf(configMaps.keySet());
            assertThat(names(pod, "configMap")).as(name).isSubsetOf(configMaps.keySet());
            assertThat(names(pod, "secretKeyRef")).as(name).isSubsetOf(SECRETS);
            assertThat(pod.findValuesAsText("secretName")).as(name).isSubsetOf(SECRETS);
            assertThat(pod.path("volumes").findValuesAsText("name"))
                    .containsAll(container(deployment).path("volumeMounts").findValuesAsText("name"));
            assertThat(kinds(base, "ServiceAccount"))
                    .extracting(KubernetesIT::name)
                    .containsExactly(pod.path("serviceAccountName").asText());
        });
    }

    @Test
    void selector_matchesItsPods_andPortsExist() {
        forEachDeployment((name, deployment) -> assertThat(selects(deployment.at("/spec/selector/matchLabels")))
                .as(name)
                .containsExactly(name));
        for (String role : ROLES) {
            JsonNode budget = named(base, "PodDisruptionBudget", "wadi-" + role);
            assertThat(selects(budget.at("/spec/selector/matchLabels"))).containsExactly("wadi-" + role);
            assertThat(selects(deployments()
                            .get("wadi-" + role)
                            .at("/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels")))
                    .containsExactly("wadi-" + role);
        }
        Map.of(
                        "wadi-ingest",
                        List.of("wadi-ingest"),
                        "wadi-management",
                        List.copyOf(deployments().keySet()))
                .forEach((service, pods) -> {
                    JsonNode spec = named(base, "Service", service).path("spec");
                    assertThat(selects(spec.path("selector"))).containsExactlyInAnyOrderElementsOf(pods);
                    pods.forEach(pod -> assertThat(ports(container(deployments().get(pod))))
                            .containsKeys(spec.path("ports")
                                    .findValuesAsText("targetPort")
                                    .toArray(String[]::new)));
                });
        for (JsonNode policy : kinds(base, "NetworkPolicy")) {
            Set<String> pods = selects(policy.at("/spec/podSelector/matchLabels"));
            assertThat(pods).isNotEmpty();
            pods.forEach(pod -> assertThat(ports(container(deployments().get(pod))))
                    .containsKeys(
                            policy.at("/spec/ingress").findValuesAsText("port").toArray(String[]::new)));
        }
    }

    /** Egress must allow the ports of external servers, which the environment defines. */
    @Test
    void networkPolicy_allowsEgressToTheServers() {
        List<Integer> open = named(base, "NetworkPolicy", "wadi").at("/spec/egress").findValues("port").stream()
                .map(JsonNode::asInt)
                .toList();
        ContainerSettings settings = new ContainerSettings(configMaps.get("wadi-environment"));

        assertThat(Stream.concat(
                        Stream.of(settings.get(WadiSettings.KAFKA_BROKERS).split(",", -1)),
                        settings.get(ElasticsearchSettings.HOSTS).stream()))
                .allSatisfy(server ->
                        assertThat(open).contains(Integer.valueOf(server.substring(server.lastIndexOf(':') + 1))));
        assertThat(open).contains(8020, 9866, 53);
    }

    @Test
    void autoscaler_targetsADeployment_andItsMetricDerivesFromWadisMetrics() throws IOException {
        Map<String, String> routes = new LinkedHashMap<>();
        for (JsonNode autoscaler : scaling) {
            String target = autoscaler.at("/spec/scaleTargetRef/name").asText();
            assertThat(deployments()).containsKey(target);
            assertThat(autoscaler.at("/spec/minReplicas").asInt()).isEqualTo(2);
            for (JsonNode metric : autoscaler.findValues("external")) {
                assertThat(metric.at("/metric/name").asText()).isEqualTo("wadi_backlog_records");
                routes.put(
                        target, metric.at("/metric/selector/matchLabels/route").asText());
                // More replicas than partitions would be idle.
                assertThat(autoscaler.at("/spec/maxReplicas").asInt()).isEqualTo(partitions());
            }
        }
        assertThat(routes).containsOnlyKeys("wadi-landing", "wadi-indexing", "wadi-metrics");
        for (Map.Entry<String, String> route : routes.entrySet()) {
            assertThat(Files.readString(Path.of("routes", route.getValue() + ".camel.yaml")))
                    .contains("    id: " + route.getValue() + "\n");
        }
        String metrics = Files.readString(Path.of("docs", "reference", "metrics.md"));
        JsonNode rule = YAML.readTree(SCALING.resolve("prometheus-adapter.yaml").toFile())
                .at("/rules/external/0");
        assertThat(rule.at("/name/as").asText()).isEqualTo("wadi_backlog_records");
        assertThat(rule.path("metricsQuery").asText())
                .isEqualTo(
                        "sum(wadi_lag_records{<<.LabelMatchers>>} - wadi_inflight_records{<<.LabelMatchers>>}) by (<<.GroupBy>>)");
        assertThat(metrics)
                .contains(
                        "| `wadi_lag_records` | route, group, topic, partition |",
                        "| `wadi_inflight_records` | route, group, topic, partition |");
    }

    private static int partitions() throws IOException {
        JsonNode topics = YAML.readTree(Path.of("topics.yaml").toFile()).path("topics");
        return topics.path(0).path("partitions").asInt();
    }

    // ---- reading

    private void forEachDeployment(BiConsumer<String, JsonNode> check) {
        assertThat(deployments()).hasSize(4);
        deployments().forEach(check);
    }

    private Map<String, JsonNode> deployments() {
        Map<String, JsonNode> deployments = new TreeMap<>();
        kinds(base, "Deployment").forEach(each -> deployments.put(name(each), each));
        return deployments;
    }

    private static List<JsonNode> kinds(List<JsonNode> resources, String kind) {
        return resources.stream()
                .filter(each -> each.path("kind").asText().equals(kind))
                .toList();
    }

    private static JsonNode named(List<JsonNode> resources, String kind, String name) {
        return kinds(resources, kind).stream()
                .filter(each -> name(each).equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String name(JsonNode resource) {
        return name(resource, "/metadata/name");
    }

    private static String name(JsonNode node, String pointer) {
        return node.at(pointer).asText();
    }

    /** Returns the names in all objects with this field name. */
    private static Set<String> names(JsonNode node, String field) {
        Set<String> names = new TreeSet<>();
        node.findValues(field).forEach(reference -> names.add(name(reference, "/name")));
        return names;
    }

    private static JsonNode container(JsonNode deployment) {
        return deployment.at("/spec/template/spec/containers/0");
    }

    private static Map<String, Integer> ports(JsonNode container) {
        Map<String, Integer> ports = new TreeMap<>();
        container
                .path("ports")
                .forEach(port -> ports.put(
                        port.path("name").asText(), port.path("containerPort").asInt()));
        return ports;
    }

    /** Returns the Deployments with pods that have these labels. */
    private Set<String> selects(JsonNode labels) {
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
    private Map<String, String> environment(JsonNode deployment) {
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
