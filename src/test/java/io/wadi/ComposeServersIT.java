package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.wadi.ComposeFile.Service;
import io.wadi.ingest.IngestSettings;
import io.wadi.local.Ports;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.testing.LoadBalancer;
import io.wadi.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DFSUtilClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The servers of {@code docker/compose.yaml} and the files of their containers, checked without an image. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ComposeServersIT {
    private static final Path HAPROXY = Path.of("docker", "haproxy", "haproxy.cfg");
    private static final Path PROMETHEUS = Path.of("docker", "prometheus", "compose.yml");

    private ComposeFile compose;
    private Map<String, Service> services;

    @BeforeAll
    void read() throws IOException {
        compose = ComposeFile.shipped();
        services = compose.services();
    }

    // ---- Kafka

    @Test
    void brokerSettings_areValidForKafka() {
        List<Service> brokers = services.values().stream()
                .filter(service -> service.environment().containsKey("KAFKA_PROCESS_ROLES"))
                .toList();
        assertThat(brokers).hasSize(5);
        for (Service broker : brokers) {
            Properties properties = new Properties();
            broker.environment().forEach((name, value) -> {
                if (name.startsWith("KAFKA_") && !name.equals("KAFKA_HEAP_OPTS")) {
                    properties.setProperty(
                            name.substring("KAFKA_".length())
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', '.'),
                            value);
                }
            });
            assertThat(KafkaConfig.configDef().names()).as(broker.name()).containsAll(properties.stringPropertyNames());
            assertThat(KafkaConfig.fromProps(properties).nodeId()).isPositive();
        }
    }

    /** topics.yaml has no replication factor: the brokers' default applies. */
    @Test
    void threeBrokers_keepThreeReplicas_andTolerateOneFailure() throws IOException {
        assertThat(Files.readString(Path.of("topics.yaml"))).doesNotContainPattern("(?m)^[^#]*(replication|min-isr):");
        List<String> names = List.of("kafka-1", "kafka-2", "kafka-3");
        Set<String> ids = new HashSet<>();
        for (String name : names) {
            Map<String, String> environment = services.get(name).environment();
            assertThat(environment)
                    .containsEntry("KAFKA_DEFAULT_REPLICATION_FACTOR", "3")
                    .containsEntry("KAFKA_MIN_INSYNC_REPLICAS", "2")
                    .containsEntry("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "3")
                    .containsEntry("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "3")
                    .containsEntry("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "2")
                    .containsEntry("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://" + name + ":9092");
            String id = environment.get("KAFKA_NODE_ID");
            ids.add(id);
            assertThat(environment.get("KAFKA_CONTROLLER_QUORUM_VOTERS").split(","))
                    .contains(id + "@" + name + ":9093");
        }
        assertThat(ids).hasSize(3);
        assertThat(services.get("ingest-1").settings().get(WadiSettings.KAFKA_BROKERS))
                .isEqualTo(String.join(
                        ",", names.stream().map(name -> name + ":9092").toList()));
    }

    // ---- HDFS

    @Test
    void nameService_listsTheDeclaredNameNodes() {
        Configuration site = new Configuration(false);
        site.addResource(new org.apache.hadoop.fs.Path("docker/hdfs/ha/core-site.xml"));
        site.addResource(new org.apache.hadoop.fs.Path("docker/hdfs/ha/hdfs-site.xml"));

        assertThat(site.get("fs.defaultFS"))
                .isEqualTo(services.get("landing-1").settings().get(WadiSettings.HDFS_URI));
        assertThat(services.get("landing-1").mounts())
                .containsEntry(services.get("landing-1").settings().get(WadiSettings.HDFS_CONF_DIR), "docker/hdfs/ha");
        assertThat(DFSUtilClient.getHaNnRpcAddresses(site).get("wadi"))
                .hasSize(2)
                .allSatisfy((id, address) -> assertThat(address.getHostString() + ":" + address.getPort())
                        .isEqualTo(id.replace("nn", "namenode-") + ":8020"));
        List<String> hosts = new ArrayList<>();
        Pattern.compile("([a-z]+-\\d):(\\d+)")
                .matcher(site.get("dfs.namenode.shared.edits.dir") + " " + site.get("ha.zookeeper.quorum"))
                .results()
                .map(MatchResult::group)
                .forEach(hosts::add);
        assertThat(hosts)
                .containsExactlyInAnyOrder(
                        "journalnode-1:8485",
                        "journalnode-2:8485",
                        "journalnode-3:8485",
                        "zookeeper-1:2181",
                        "zookeeper-2:2181",
                        "zookeeper-3:2181");
        assertThat(hosts).allMatch(host -> services.containsKey(host.substring(0, host.indexOf(':'))));
        assertThat(site.getInt("dfs.replication", 0)).isEqualTo(3);
    }

    @Test
    void hdfsStartScript_supportsEachTaskInUse() throws IOException {
        Path script = Path.of("docker", "hdfs", "start");
        String text = Files.readString(script);
        Set<String> tasks = words(text, "(?m)^  ([a-z| -]+)\\)");
        Set<String> healthy = words(text, "(?m)^ {6}([a-z]+)\\) jmx");
        assertThat(healthy).containsExactly("datanode", "journalnode", "namenode");
        compose.each(service -> {
            if (service.image().startsWith("apache/hadoop:")) {
                JsonNode declared = service.declared();
                assertThat(tasks).contains(declared.at("/command/0").asText());
                if (service.hasHealthCheck()) {
                    assertThat(declared.at("/healthcheck/test/3").asText()).isEqualTo("healthy");
                    assertThat(healthy)
                            .contains(declared.at("/healthcheck/test/4").asText());
                }
            }
        });
        assertThat(Program.attempt("bash", "-n", script.toString()).output()).isEmpty();
        assertThat(Program.attempt("bash", script.toString(), "name-node").code())
                .isEqualTo(64);
    }

    private static Set<String> words(String text, String expression) {
        return Pattern.compile(expression)
                .matcher(text)
                .results()
                .flatMap(found -> Pattern.compile(" \\| ").splitAsStream(found.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    // ---- load balancer and servers

    @Test
    void loadBalancer_forwardsToEachIngestInstance() throws IOException {
        String configuration = Files.readString(HAPROXY);

        assertThat(Pattern.compile("(?m)^  server (\\S+) (\\S+)$")
                        .matcher(configuration)
                        .results()
                        .map(server -> server.group(1) + "=" + server.group(2)))
                .containsExactly("ingest-1=ingest-1:8080", "ingest-2=ingest-2:8080");
        assertThat(configuration)
                .contains("option httpchk GET /observe/health/ready\n")
                .contains(" check port " + WadiSettings.MANAGEMENT_PORT.defaultText() + " inter 1s fall 1 ");
        assertThat(services.get("haproxy").dependencies()).containsOnlyKeys("ingest-1", "ingest-2");
        // The stop delay covers two health checks of the load balancer and the response to the second.
        assertThat(services.get("ingest-1").settings().get(WadiSettings.STOP_DELAY))
                .hasSeconds(5);
        // Wadi closes idle connections before the load balancer does: no request uses a connection closed by the
        // latter.
        assertThat(IngestSettings.HTTP_IDLE_TIMEOUT.defaultText()).isEqualTo("1m");
        assertThat(configuration).contains("timeout client 75s", "timeout server 75s");
    }

    @Test
    void haproxy_acceptsItsConfiguration_whereInstalled() throws IOException {
        LoadBalancer.assumeIsThere();

        Program.Ended ended = Program.attempt("/usr/sbin/haproxy", "-c", "-f", HAPROXY.toString());
        assertThat(ended.code()).as(ended.output()).isZero();
    }

    @Test
    void loadBalancer_startsWithALowOpenFileLimit(@TempDir Path directory) throws Exception {
        LoadBalancer.assumeIsThere();
        LoadBalancer.Ingest unreachable = new LoadBalancer.Ingest(Ports.free(), Ports.free());

        try (LoadBalancer balancer = LoadBalancer.start(directory, unreachable, unreachable)) {
            await().until(() -> balancer.ingests() == 0);
        }
    }

    @Test
    void prometheus_scrapesEachServiceWithMetrics() throws IOException {
        JsonNode jobs = new YAMLMapper().readTree(PROMETHEUS.toFile()).path("scrape_configs");
        List<String> targets = jobs.findValues("targets").stream()
                .flatMap(list -> ComposeFile.texts(list).stream())
                .toList();

        List<String> expected = new ArrayList<>(List.of("haproxy:8404"));
        compose.wadi().stream()
                .filter(service -> service.profiles().contains("full"))
                .forEach(service -> {
                    assertThat(service.settings().get(WadiSettings.MANAGEMENT_HOST))
                            .isEqualTo("0.0.0.0");
                    expected.add(service.name() + ":" + service.settings().get(WadiSettings.MANAGEMENT_PORT));
                });
        assertThat(targets).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(Stream.of("prometheus", "compose").map(name -> "docker/prometheus/" + name + ".yml"))
                .allSatisfy(file -> assertThat(Files.readString(Path.of(file))).contains("rule_files: [alerts.yml]"));
    }

    @Test
    void grafana_hasTheDashboardAndPrometheusDataSource() throws IOException {
        Service grafana = services.get("grafana");
        JsonNode dashboards = new YAMLMapper()
                .readTree(Path.of("docker/grafana/provisioning/dashboards/wadi.yml")
                        .toFile());
        JsonNode sources = new YAMLMapper()
                .readTree(Path.of("docker/grafana/provisioning/datasources/prometheus.yml")
                        .toFile());

        assertThat(grafana.mounts())
                .containsEntry(
                        dashboards.at("/providers/0/options/path").asText() + "/wadi.json", "docker/grafana/wadi.json")
                .containsEntry("/etc/grafana/provisioning", "docker/grafana/provisioning");
        assertThat(sources.at("/datasources/0/url").asText()).isEqualTo("http://prometheus:9090");
        assertThat(services).containsKey("prometheus");
    }
}
