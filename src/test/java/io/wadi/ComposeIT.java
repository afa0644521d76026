package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.wadi.ComposeFile.Service;
import io.wadi.indexing.client.ElasticsearchSettings;
import io.wadi.ingest.IngestSettings;
import io.wadi.local.Ports;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.testing.Docker;
import io.wadi.testing.LoadBalancer;
import io.wadi.testing.Nightly;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The production deployment of {@code docker/compose.yaml} and the files of its containers, checked without an image.
 * {@link RolesIT} tests what runs in Wadi's containers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ComposeIT {
    private static final String HEALTHY = "service_healthy";
    private static final String DONE = "service_completed_successfully";
    private static final Path HAPROXY = Path.of("docker", "haproxy", "haproxy.cfg");
    private static final Path PROMETHEUS = Path.of("docker", "prometheus", "compose.yml");

    private ComposeFile compose;
    private Map<String, Service> services;

    @BeforeAll
    void read() throws IOException {
        compose = ComposeFile.shipped();
        services = compose.services();
    }

    // ---- the file

    @Test
    void file_matchesTheComposeSpecification() throws IOException {
        assertThat(compose.mistakes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            an unknown field             | depends_on:              | depend_on:
            an unknown condition          | service_completed_successfully | service_complete
            text instead of a list       | cap_drop: [ALL]          | cap_drop: ALL
            a field of a health check    | start_period: 120s       | start_after: 120s
            """)
    void mistake_isDetected(String mistake, String right, String wrong) throws IOException {
        String file = Files.readString(ComposeFile.FILE);
        assertThat(file).contains(right);

        assertThat(ComposeFile.parse(file.replace(right, wrong)).mistakes())
                .as(mistake)
                .isNotEmpty();
    }

    @ParameterizedTest
    @Nightly(perChange = "ComposeIT#file_matchesTheComposeSpecification")
    @ValueSource(strings = {"dev", "full"})
    void composeCommand_acceptsTheFile_whereInstalled(String profile, @TempDir Path directory) throws IOException {
        List<String> command = new ArrayList<>();
        if (Docker.attempt("compose", "version").code() == 0) {
            command.addAll(List.of("docker", "compose"));
        } else {
            assumeTrue(
                    Program.isThere("docker-compose"),
                    "Skipped: no Docker Compose. On Debian and Ubuntu: apt-get install docker-compose");
            command.add("docker-compose");
        }
        Path passwords = Files.writeString(
                directory.resolve(".env"), "ELASTIC_PASSWORD=a\nELASTIC_WADI_PASSWORD=b\nGRAFANA_PASSWORD=c\n");

        Program.Ended ended = config(command, passwords.toString(), profile);
        assertThat(ended.code()).as(ended.output()).isZero();
        Path none = Files.createFile(directory.resolve("none.env"));
        Program.Ended refused = config(command, none.toString(), profile);
        assertThat(refused.code()).as(refused.output()).isNotZero();
        assertThat(refused.output()).contains("the top of compose.yaml says how to make one");
    }

    private static Program.Ended config(List<String> compose, String environment, String profile) throws IOException {
        List<String> command = new ArrayList<>(compose);
        command.addAll(List.of("--env-file", environment, "-f", ComposeFile.FILE.toString()));
        command.addAll(List.of("--profile", profile, "config", "--quiet"));
        return Program.attempt(command.toArray(String[]::new));
    }

    @Test
    void image_isPinned_andMatchesTheTestedVersion() {
        assertThat(services.values())
                .allSatisfy(service -> assertThat(service.image())
                        .matches("[a-z0-9./-]+:v?\\d+\\.\\d+\\.\\d+[\\w.-]*(@sha256:[0-9a-f]{64})?"));
        assertThat(services.get("kafka-1").image()).startsWith(System.getProperty("test.image.kafka"));
        assertThat(services.get("namenode-1").image()).startsWith(System.getProperty("test.image.hdfs"));
        assertThat(services.get("elasticsearch").image()).startsWith(System.getProperty("test.image.elasticsearch"));
        // Each image is used in one version.
        assertThat(services.values().stream().map(Service::image).collect(Collectors.toSet()))
                .extracting(image -> image.substring(0, image.indexOf(':')))
                .doesNotHaveDuplicates();
    }

    // ---- start order

    @Test
    void service_dependsOnlyOnServicesThatHaveAHealthCheckOrEnd() {
        compose.each(service -> service.dependencies().forEach((other, condition) -> {
            assertThat(services).as(service.name()).containsKey(other);
            assertThat(services.get(other).profiles())
                    .as("%s, which %s waits for", other, service.name())
                    .containsAll(service.profiles());
            if (condition.equals(HEALTHY)) {
                assertThat(services.get(other).hasHealthCheck()).as(other).isTrue();
            } else {
                assertThat(condition).isEqualTo(DONE);
                assertThat(services.get(other).declared().path("restart").asText())
                        .as(other)
                        .isEqualTo("on-failure");
            }
        }));
    }

    @Test
    void longRunningService_hasAHealthCheck_andIsRestarted() {
        Set<String> ending = services.values().stream()
                .flatMap(service -> service.dependencies().entrySet().stream())
                .filter(each -> each.getValue().equals(DONE))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());

        assertThat(ending).containsExactlyInAnyOrder("elasticsearch-setup", "hdfs-setup", "hdfs-setup-dev");
        compose.each(service -> {
            assertThat(service.profiles()).as(service.name()).isNotEmpty().isSubsetOf("dev", "full");
            if (!ending.contains(service.name())) {
                assertThat(service.hasHealthCheck()).as(service.name()).isTrue();
                assertThat(service.declared().path("restart").asText())
                        .as(service.name())
                        .isEqualTo("unless-stopped");
            }
        });
    }

    @Test
    void serviceDependencies_haveNoCycle() {
        Set<String> started = new TreeSet<>();
        boolean isFurther = true;
        while (isFurther) {
            isFurther = services.values().stream()
                            .filter(service ->
                                    started.containsAll(service.dependencies().keySet()))
                            .filter(service -> started.add(service.name()))
                            .count()
                    > 0;
        }
        assertThat(started).isEqualTo(services.keySet());
    }

    // ---- ports, volumes

    @ParameterizedTest
    @ValueSource(strings = {"dev", "full"})
    void port_isPublishedOnce_onLoopbackOnly(String profile) {
        List<String> ports = services.values().stream()
                .filter(service -> service.profiles().contains(profile))
                .flatMap(service -> service.ports().stream())
                .toList();

        assertThat(ports)
                .contains("127.0.0.1:8080")
                .doesNotHaveDuplicates()
                .allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void volume_isDeclared_andUsedByOneService() {
        List<String> named = services.values().stream()
                .flatMap(service -> service.volumes().stream())
                .toList();

        assertThat(named).doesNotHaveDuplicates();
        assertThat(compose.root().path("volumes").propertyStream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrderElementsOf(named);
    }

    @Test
    void mountedFile_exists() {
        compose.each(service -> assertThat(service.mounts().values().stream()
                        .filter(file -> file.contains("/"))
                        .map(Path::of))
                .as(service.name())
                .allSatisfy(file -> assertThat(file).exists()));
    }

    // ---- Wadi

    @Test
    void wadiSettings_existAndAreValid() {
        assertThat(compose.wadi()).hasSize(9).allSatisfy(service -> {
            assertThat(service.settings().mistakes()).as(service.name()).isEmpty();
            assertThat(service.stopsWithin())
                    .as(service.name())
                    .isGreaterThan(service.settings().longestStop());
        });
    }

    @Test
    void unknownOrInvalidSetting_isDetected() {
        assertThat(new ContainerSettings(Map.of("WADI_STOP_PAWS", "5s", "WADI_STOP_DELAY", "5 days", "PATH", "/bin"))
                        .mistakes())
                .hasSize(2);
    }

    @Test
    void role_hasTwoInstances_withTheSameFiles() throws IOException {
        for (String role : List.of("ingest", "landing", "indexing", "metrics")) {
            Service first = services.get(role + "-1");
            Service second = services.get(role + "-2");
            assertThat(first.mounts()).isEqualTo(second.mounts());
            assertThat(first.image()).isEqualTo(second.image());
            Map<String, String> same = first.environment();
            same.replaceAll((name, value) -> value.replace(first.name(), second.name()));
            assertThat(same).isEqualTo(second.environment());
            assertThat(first.routes()).isNotEmpty();
        }
    }

    /** All shipped routes, except those for a single machine, disabled ones and templates. */
    @Test
    void roles_coverEachShippedRouteOnce() throws IOException {
        List<String> all = new ArrayList<>();
        for (String role : List.of("ingest", "landing", "indexing", "metrics")) {
            all.addAll(services.get(role + "-1").routes());
        }
        assertThat(all.stream().filter(file -> !file.startsWith("errors."))).doesNotHaveDuplicates();
        assertThat(services.get("wadi").routes())
                .containsAll(all)
                .filteredOn(file -> !all.contains(file))
                .containsExactly(
                        "card-payments.camel.yaml",
                        "database-to-topic.camel.yaml",
                        "file-to-topic.camel.yaml",
                        "hdfs-to-topic.camel.yaml",
                        "host-metrics.camel.yaml",
                        "topic-to-database.camel.yaml",
                        "topic-to-file.camel.yaml");
    }

    @Test
    void wadiContainer_hasMinimalPrivileges() {
        assertThat(compose.wadi()).allSatisfy(service -> {
            assertThat(service.declared().path("read_only").asBoolean()).isTrue();
            assertThat(ComposeFile.texts(service.declared().path("cap_drop"))).containsExactly("ALL");
            assertThat(service.mounts().keySet()).allMatch(place -> place.startsWith("/etc/"));
        });
    }

    /** An event port that other containers can reach requires keys, or logs that it does not. */
    @Test
    void eventPort_isReachableFromOtherContainers_onlyWithAnEventRoute() throws IOException {
        for (Service service : compose.wadi()) {
            boolean takesEvents = service.routes().contains("web-events.camel.yaml");
            ContainerSettings settings = service.settings();
            assertThat(settings.get(WadiSettings.HTTP_HOST))
                    .as(service.name())
                    .isEqualTo(takesEvents ? "0.0.0.0" : "localhost");
            assertThat(settings.get(IngestSettings.ANONYMOUS_ENABLED))
                    .as(service.name())
                    .isEqualTo(takesEvents);
        }
    }

    // ---- passwords

    @Test
    void password_comesFromTheEnvironment_oneForEachUser() {
        Set<String> passwords = new TreeSet<>();
        compose.each(service -> service.environment().forEach((name, value) -> {
            if (name.endsWith("PASSWORD")) {
                assertThat(value).as(service.name() + " " + name).startsWith(ComposeFile.required(""));
                passwords.add(value);
            }
        }));
        assertThat(passwords)
                .containsExactly(
                        ComposeFile.required("ELASTIC_PASSWORD"),
                        ComposeFile.required("ELASTIC_WADI_PASSWORD"),
                        ComposeFile.required("GRAFANA_PASSWORD"));
    }

    @Test
    void elasticsearchSuperuser_isUsedByTheSetupOnly() {
        compose.each(service -> {
            boolean knowsIt = service.environment().containsValue(ComposeFile.required("ELASTIC_PASSWORD"));
            assertThat(knowsIt)
                    .as(service.name())
                    .isEqualTo(Set.of("elasticsearch", "elasticsearch-setup").contains(service.name()));
        });
        assertThat(services.get("elasticsearch")
                        .declared()
                        .at("/healthcheck/test")
                        .toString())
                .doesNotContain("elastic:");
        assertThat(compose.wadi())
                .allSatisfy(service -> assertThat(service.settings().get(ElasticsearchSettings.USER))
                        .isEqualTo("wadi"));
        assertThat(services.get("elasticsearch-setup").environment())
                .containsEntry(
                        "ELASTIC_WADI_PASSWORD",
                        services.get("indexing-1").settings().get(ElasticsearchSettings.PASSWORD));
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
        if (Program.isThere("promtool")) {
            assertThat(Program.attempt("promtool", "check", "config", PROMETHEUS.toString())
                            .output())
                    .contains("SUCCESS");
        }
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
