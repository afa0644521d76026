package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.Certificate;
import io.wadi.testing.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pipeline's process, started with a configuration it cannot use: what to change, in a line each, and code 1. */
class WadiStartTest {
    @TempDir
    private Path directory;

    @Test
    void mistakesInTheSettings_areSaidAllAtOnce() throws Exception {
        configure("wadi.http.port=eighty", "wadi.landing.rol-every=5m", "wadi.metrics.cpu-threshold=1.5");

        assertThat(start()).isEqualTo("""
                        Wadi cannot start:
                          wadi.http.port=eighty: allowed is a whole number from 1 to 65535 (default 8080)
                          wadi.metrics.cpu-threshold=1.5: allowed is a number from 0.0 to 1.0 (default 0.5)
                          wadi.landing.rol-every: there is no such property; did you mean wadi.landing.roll-every?
                        """);
    }

    @Test
    void portInUse_isSaidWithItsProperty() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("0.0.0.0", 0));
            configure("wadi.http.port=" + taken.getLocalPort());

            assertThat(start())
                    .isEqualTo("Wadi cannot start:\n  wadi.http.port=%d: the port cannot be bound at 0.0.0.0: "
                                    .formatted(taken.getLocalPort())
                            + "Address already in use; free it or set another\n");
        }
    }

    @Test
    void topicsFileWithAMistake_isSaidWithItsLine() throws Exception {
        configure("wadi.http.port=" + Ports.free());
        Files.writeString(directory.resolve("topics.yaml"), "topics:\n  - {name: a, partitions: 1, replicas: 1}\n");

        assertThat(start())
                .startsWith("Wadi cannot start:\n  topics.yaml line 2, column ")
                .contains("replication");
    }

    @Test
    void alerts_mistakesInRulesAndTopics_areSaidTogether() throws Exception {
        configure("wadi.http.port=" + Ports.free());
        Files.writeString(directory.resolve("alerts.yaml"), "rules:\n  - {alert: A, no-data-after: soon}\n");
        Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - {name: metric.cpu, partitions: 3, replication: 1}
                  - {name: metric.memory, partitions: 6, replication: 1}
                """);

        assertThat(start())
                .startsWith(
                        "Wadi cannot start:\n  wadi.alerts.topics: metric.cpu has 3, metric.memory has 6 partitions")
                .contains("\n  alerts.yaml line 2, column ");
    }

    @Test
    void landingFormats_mistakes_areSaid() throws Exception {
        configure("wadi.landing.format=parket", "wadi.landing.compression-level=20");

        assertThat(start()).isEqualTo("""
                        Wadi cannot start:
                          wadi.landing.format=parket: allowed is jsonl, jsonl.gz, jsonl.zst, parquet or avro (default jsonl); \
                        did you mean parquet?
                          wadi.landing.compression-level=20: allowed is a whole number from 1 to 19 (default 3)
                        """);
    }

    @Test
    void landingFormats_schemasThatCannotBeUsed_areSaidAllAtOnce() throws Exception {
        Files.createDirectory(directory.resolve("routes"));
        for (String route : List.of("landing.camel.yaml", "errors.camel.yaml")) {
            Files.copy(Path.of("routes", route), directory.resolve("routes").resolve(route));
        }
        Path schema = Files.writeString(directory.resolve("a.json"), "{\"type\":\"object\",\"oneOf\":[]}");
        configure(
                "wadi.http.port=" + Ports.free(),
                "wadi.management.port=" + Ports.free(),
                "wadi.landing.format=parquet",
                "wadi.landing.topics=a,select-color,metric.cpu",
                "wadi.landing.schema=" + directory);

        assertThat(start()).isEqualTo("""
                        Wadi cannot start:
                          %1$s at "/oneOf": a column of type object cannot follow from this keyword, only from \
                        additionalProperties, properties, required
                          %1$s at "": an object needs properties, or additionalProperties with a schema (a map)
                          topic select-color has no schema: there is no file %2$s/select-color.avsc and no %2$s/select-color.json
                          topic metric.cpu has no schema: there is no file %2$s/metric.cpu.avsc and no %2$s/metric.cpu.json
                        """.formatted(schema, directory));
    }

    @Test
    void fileSystemWithoutAtomicRename_isRefusedWithTheReason() throws Exception {
        configure("wadi.hdfs.uri=s3a://bucket");

        assertThat(start())
                .isEqualTo(
                        "Wadi cannot start:\n  wadi.hdfs.uri=s3a://bucket: allowed is a file system whose rename is atomic, "
                                + "which that of s3a, gs, abfs, file and others is not: hdfs:// and a NameNode or a name "
                                + "service (default hdfs://localhost:8020)\n");
    }

    @Test
    void keytabThatIsNotThere_isSaid() throws Exception {
        configure("wadi.hdfs.principal=wadi@EXAMPLE.ORG", "wadi.hdfs.keytab=/nowhere.keytab");

        assertThat(start())
                .isEqualTo("Wadi cannot start:\n  wadi.hdfs.keytab=/nowhere.keytab: there is no such file to read\n");
    }

    @Test
    void keysFileWithMistakes_areSaidWithTheirLines() throws Exception {
        Path keys = Files.writeString(directory.resolve("keys.yaml"), "keys:\n  - name: shop\n    sha256: [abc]\n");
        configure("wadi.intake.keys-file=" + keys);

        assertThat(start()).isEqualTo("""
                        Wadi cannot start:
                          keys.yaml line 3, column 14: shop: sha256 is "abc", allowed is one or two texts of 64 hexadecimal \
                        digits in lower case, two while a key is replaced
                          keys.yaml line 2, column 5: shop: topics is missing, allowed is a topic's name, its beginning and *, \
                        or * alone
                        """);
    }

    @Test
    void originThatIsNone_isRefused() throws Exception {
        configure("wadi.http.origins=https://shop.example/");

        assertThat(start())
                .startsWith(
                        "Wadi cannot start:\n  wadi.http.origins: found https://shop.example/, allowed is * or an origin");
    }

    @Test
    void tokensWithoutAnIssuer_areRefused() throws Exception {
        configure("wadi.intake.jwt-jwks=https://id.example.org/jwks.json");

        assertThat(start())
                .isEqualTo(
                        "Wadi cannot start:\n  wadi.intake.jwt-issuer is empty, and wadi.intake.jwt-jwks is not: set both\n");
    }

    @Test
    void tlsFiles_mistakes_areSaidWithThoseOfOtherFiles() throws Exception {
        Path keys = Files.writeString(directory.resolve("keys.yaml"), "keys: 1\n");
        configure(
                "wadi.intake.keys-file=" + keys,
                "wadi.http.origins=https://shop.example/",
                "wadi.http.tls-certificate=/nowhere.pem",
                "wadi.http.tls-client-ca=/nowhere-else.pem",
                "wadi.hdfs.principal=wadi@EXAMPLE.ORG",
                "wadi.hdfs.keytab=/nowhere.keytab");

        assertThat(start().lines().map(line -> line.replaceFirst(": found .*|keys.yaml line.*", "")))
                .containsExactly(
                        "Wadi cannot start:",
                        "  ",
                        "  wadi.http.tls-certificate=/nowhere.pem: there is no such file to read",
                        "  wadi.http.tls-key is empty: TLS needs wadi.http.tls-certificate and wadi.http.tls-key, "
                                + "or none of wadi.http.tls-*",
                        "  wadi.http.tls-client-ca=/nowhere-else.pem: there is no such file to read",
                        "  wadi.http.origins",
                        "  wadi.hdfs.keytab=/nowhere.keytab: there is no such file to read");
    }

    @Test
    void tlsKeyOfAnotherCertificate_isRefused() throws Exception {
        Path certificate = Files.writeString(
                directory.resolve("certificate.pem"),
                Certificate.make(directory, "own", "EC").pem());
        Path key = Files.writeString(
                directory.resolve("key.pem"),
                Certificate.make(directory, "other", "EC").keyPem());
        configure("wadi.http.tls-certificate=" + certificate, "wadi.http.tls-key=" + key);

        assertThat(start())
                .isEqualTo("Wadi cannot start:\n  wadi.http.tls-key=" + key
                        + ": the private key is not that of the first certificate in " + certificate + "\n");
    }

    private void configure(String... properties) throws IOException {
        Files.write(directory.resolve("application.properties"), List.of(properties));
    }

    /** What a process with this configuration says on its error output before it ends with 1. */
    private String start() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.wadi.Wadi",
                "--config",
                directory.toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
