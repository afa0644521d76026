package io.wadi;

import static io.wadi.Manifests.BASE;
import static io.wadi.Manifests.HOME;
import static io.wadi.Manifests.ROLES;
import static io.wadi.Manifests.SCALING;
import static io.wadi.Manifests.container;
import static io.wadi.Manifests.documents;
import static io.wadi.Manifests.kinds;
import static io.wadi.Manifests.kustomization;
import static io.wadi.Manifests.name;
import static io.wadi.Manifests.ports;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests of {@code docker/kubernetes}: they match the schema of Kubernetes, and the containers have the routes,
 * settings and privileges of their roles. The base is read directly; the overlays built by Kustomize are checked if
 * kubectl is installed. {@link KubernetesReferencesIT} checks what the manifests refer to.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KubernetesIT {
    private Manifests manifests;

    @BeforeAll
    void read() throws IOException {
        manifests = new Manifests();
    }

    // ---- the schema

    @Test
    void resource_matchesTheKubernetesSchema() throws IOException {
        assertThat(manifests.base())
                .hasSize(13)
                .allSatisfy(resource -> assertThat(mistakes(resource)).isEmpty());
        assertThat(manifests.scaling())
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
        assertThat(kinds(all, "ConfigMap")).hasSameSizeAs(manifests.configMaps().keySet());
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
        assertThat(manifests.deployments())
                .containsOnlyKeys("wadi-ingest", "wadi-landing", "wadi-indexing", "wadi-metrics");
        for (String role : ROLES) {
            JsonNode deployment = manifests.deployments().get("wadi-" + role);
            List<String> routes = new ArrayList<>();
            for (JsonNode source : deployment.at("/spec/template/spec/volumes/0/projected/sources")) {
                String map = source.at("/configMap/name").asText();
                for (JsonNode item : source.at("/configMap/items")) {
                    assertThat(manifests.configMaps().get(map))
                            .containsKey(item.path("key").asText());
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
        manifests.forEachDeployment((name, deployment) -> {
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
        manifests.forEachDeployment((name, deployment) -> {
            ContainerSettings settings = new ContainerSettings(manifests.environment(deployment));
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
        assertThat(new ContainerSettings(
                                manifests.environment(manifests.deployments().get("wadi-ingest")))
                        .get(WadiSettings.STOP_DELAY))
                .isPositive();
    }

    @Test
    void eventPort_isReachableFromOtherHosts_andRequiresKeys_onIngestOnly() {
        manifests.forEachDeployment((name, deployment) -> {
            boolean takesEvents = name.equals("wadi-ingest");
            ContainerSettings settings = new ContainerSettings(manifests.environment(deployment));
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
        manifests.forEachDeployment((name, deployment) -> {
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
}
