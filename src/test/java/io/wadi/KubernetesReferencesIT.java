package io.wadi;

import static io.wadi.Manifests.ROLES;
import static io.wadi.Manifests.SCALING;
import static io.wadi.Manifests.YAML;
import static io.wadi.Manifests.container;
import static io.wadi.Manifests.kinds;
import static io.wadi.Manifests.named;
import static io.wadi.Manifests.names;
import static io.wadi.Manifests.ports;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.indexing.client.ElasticsearchSettings;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The objects, ports, labels and metrics that the manifests of {@code docker/kubernetes} refer to exist. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KubernetesReferencesIT {
    /** Created by the operator, as described in docs/how-to/deploy.md. */
    private static final Set<String> SECRETS = Set.of("wadi-users", "wadi-keys", "wadi-elasticsearch");

    private Manifests manifests;

    @BeforeAll
    void read() throws IOException {
        manifests = new Manifests();
    }

    @Test
    void configMapSecretAndVolume_exist() {
        manifests.forEachDeployment((name, deployment) -> {
            JsonNode pod = deployment.at("/spec/template/spec");
            assertThat(names(pod, "configMapRef"))
                    .as(name)
                    .isSubsetOf(manifests.configMaps().keySet());
            assertThat(names(pod, "configMap"))
                    .as(name)
                    .isSubsetOf(manifests.configMaps().keySet());
            assertThat(names(pod, "secretKeyRef")).as(name).isSubsetOf(SECRETS);
            assertThat(pod.findValuesAsText("secretName")).as(name).isSubsetOf(SECRETS);
            assertThat(pod.path("volumes").findValuesAsText("name"))
                    .containsAll(container(deployment).path("volumeMounts").findValuesAsText("name"));
            assertThat(kinds(manifests.base(), "ServiceAccount"))
                    .extracting(Manifests::name)
                    .containsExactly(pod.path("serviceAccountName").asText());
        });
    }

    /** Each process reads it at its start, also if its routes need no HDFS. */
    @Test
    void configurationOfHdfs_isMountedInEachPod() {
        String directory = manifests.configMaps().get("wadi-environment").get("WADI_HDFS_CONF_DIR");

        manifests.forEachDeployment((name, deployment) -> assertThat(
                        container(deployment).path("volumeMounts").findValuesAsText("mountPath"))
                .as(name)
                .contains(directory));
    }

    /** During an outage of Kafka no pod is ready, and nodes could not be drained. */
    @Test
    void podThatIsNotReady_canBeEvicted() {
        for (String role : ROLES) {
            JsonNode budget = named(manifests.base(), "PodDisruptionBudget", "wadi-" + role);
            assertThat(budget.at("/spec/maxUnavailable").asInt()).as(role).isEqualTo(1);
            assertThat(budget.at("/spec/unhealthyPodEvictionPolicy").asText())
                    .as(role)
                    .isEqualTo("AlwaysAllow");
        }
    }

    @Test
    void selector_matchesItsPods_andPortsExist() {
        manifests.forEachDeployment(
                (name, deployment) -> assertThat(manifests.selects(deployment.at("/spec/selector/matchLabels")))
                        .as(name)
                        .containsExactly(name));
        for (String role : ROLES) {
            JsonNode budget = named(manifests.base(), "PodDisruptionBudget", "wadi-" + role);
            assertThat(manifests.selects(budget.at("/spec/selector/matchLabels")))
                    .containsExactly("wadi-" + role);
            assertThat(manifests.selects(manifests
                            .deployments()
                            .get("wadi-" + role)
                            .at("/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels")))
                    .containsExactly("wadi-" + role);
        }
        Map.of(
                        "wadi-ingest",
                        List.of("wadi-ingest"),
                        "wadi-management",
                        List.copyOf(manifests.deployments().keySet()))
                .forEach((service, pods) -> {
                    JsonNode spec = named(manifests.base(), "Service", service).path("spec");
                    assertThat(manifests.selects(spec.path("selector"))).containsExactlyInAnyOrderElementsOf(pods);
                    pods.forEach(pod -> assertThat(
                                    ports(container(manifests.deployments().get(pod))))
                            .containsKeys(spec.path("ports")
                                    .findValuesAsText("targetPort")
                                    .toArray(String[]::new)));
                });
        for (JsonNode policy : kinds(manifests.base(), "NetworkPolicy")) {
            Set<String> pods = manifests.selects(policy.at("/spec/podSelector/matchLabels"));
            assertThat(pods).isNotEmpty();
            pods.forEach(pod -> assertThat(
                            ports(container(manifests.deployments().get(pod))))
                    .containsKeys(
                            policy.at("/spec/ingress").findValuesAsText("port").toArray(String[]::new)));
        }
    }

    /** Egress must allow the ports of external servers, which the environment defines. */
    @Test
    void networkPolicy_allowsEgressToTheServers() {
        List<Integer> open =
                named(manifests.base(), "NetworkPolicy", "wadi").at("/spec/egress").findValues("port").stream()
                        .map(JsonNode::asInt)
                        .toList();
        ContainerSettings settings =
                new ContainerSettings(manifests.configMaps().get("wadi-environment"));

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
        for (JsonNode autoscaler : manifests.scaling()) {
            String target = autoscaler.at("/spec/scaleTargetRef/name").asText();
            assertThat(manifests.deployments()).containsKey(target);
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
}
