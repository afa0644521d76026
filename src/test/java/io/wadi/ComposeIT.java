package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.ComposeFile.Service;
import io.wadi.indexing.client.ElasticsearchSettings;
import io.wadi.ingest.IngestSettings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.testing.Docker;
import io.wadi.testing.Nightly;
import io.wadi.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The production deployment of {@code docker/compose.yaml}, checked without an image. {@link ComposeServersIT} checks
 * the files of the servers' containers, and {@link RolesIT} tests what runs in Wadi's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ComposeIT {
    private static final String HEALTHY = "service_healthy";
    private static final String DONE = "service_completed_successfully";

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
        assertThat(refused.output()).contains("the top of compose.yaml describes how to create one");
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

    /** Each process reads them at its start, also if its routes need no HDFS. */
    @Test
    void directoriesAndFilesOfSettings_areMounted() {
        for (Service service : compose.wadi()) {
            List<String> used = service.environment().values().stream()
                    .filter(value -> value.startsWith("/etc/"))
                    .toList();
            assertThat(service.mounts().keySet()).as(service.name()).containsAll(used);
        }
    }

    /** The image has CentOS 7, whose bash is 4.2; a file with the id of the ended process prevents a start. */
    @Test
    void hdfs_startsWithTheBashOfItsImage_alsoAfterARestart() throws IOException {
        assertThat(Files.readString(Path.of("docker", "hdfs", "start")).lines())
                .noneMatch(line -> line.strip().startsWith("wait -n"));
        assertThat(compose.services().values())
                .filteredOn(service -> service.image().startsWith("apache/hadoop:"))
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(service -> assertThat(service.environment())
                        .as(service.name())
                        .containsEntry("HADOOP_PID_DIR", "/dev/shm"));
    }

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

    /** At start, each process reads the schemas that {@code topics.yaml} names. */
    @Test
    void topicsAndSchemas_areThoseOfTheRepository_inEachContainer() {
        assertThat(compose.wadi())
                .allSatisfy(service -> assertThat(service.mounts())
                        .as(service.name())
                        .containsEntry("/etc/wadi/topics.yaml", "topics.yaml")
                        .containsEntry("/etc/wadi/schemas", "schemas"));
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
}
