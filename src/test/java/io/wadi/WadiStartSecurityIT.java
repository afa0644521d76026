package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.Certificate;
import io.wadi.testing.Nightly;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Starts with mistakes in settings of authentication and TLS, or with a port that anyone could use. */
class WadiStartSecurityIT extends WadiStartTestSupport {
    @Test
    void publicManagementPort_requiresUsersOrTokens() throws Exception {
        for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            configure("wadi.management.host=" + host);
            assertThat(start())
                    .contains("wadi.management.host=" + host + ": other hosts could stop routes without"
                            + " a password; expected localhost, or set wadi.management.users-file (create its lines with"
                            + " ./wadi users hash) or wadi.management.jwt-jwks");
        }
        Path users = directory.resolve("users.yaml");
        configure("wadi.management.host=0.0.0.0", "wadi.management.users-file=" + users);
        Files.writeString(users, "users:\n  - {name: otto, role: operate, bcrypt: my secret}\n");
        assertThat(start()).contains("users.yaml line 2", "./wadi users hash").doesNotContain("my secret");
        Files.delete(users);
        assertThat(start()).contains(users + " cannot be read");
        configure("wadi.management.jwt-jwks=https://127.0.0.1:1/jwks");
        assertThat(start())
                .contains("wadi.management.jwt-issuer is empty, but wadi.management.jwt-jwks is set: set both or none");
    }

    @Test
    void publicEventPort_requiresAuthentication_orAnExplicitSetting() throws Exception {
        for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            configure("wadi.http.host=" + host, "wadi.pixel.topic=metric.all");
            assertThat(start())
                    .isEqualTo("Wadi cannot start:\n  wadi.http.host=" + host
                            + ": other machines could send events without authentication; expected localhost, or one of"
                            + " wadi.ingest.keys-file (./wadi keys new creates its lines), wadi.ingest.jwt-jwks and"
                            + " wadi.http.tls-client-ca, or wadi.ingest.anonymous.enabled=true, which opens metric.all,"
                            + " select-color alone\n");
        }
        configure("wadi.http.host=0.0.0.0");
        assertThat(process(78, "--config", directory.toString())).contains("wadi.http.host=0.0.0.0: ");

        Path topics = Files.writeString(directory.resolve("polls.yaml"), """
                topics:
                  - {name: select-color, partitions: 1, ingest: {over: [select, pixel]}}
                  - {name: polls, partitions: 1, ingest: {over: [events], keys: [anyone]}}
                """);
        configure("wadi.http.host=0.0.0.0", "wadi.topics-file=" + topics);
        assertThat(start()).contains("which opens polls, select-color alone\n");
    }

    @Test
    void trustedProxies_requireAuthenticationAtLoopbackAddresses() throws Exception {
        configure("wadi.http.trusted-proxies=127.0.0.1");

        assertThat(start())
                .contains("wadi.http.host=localhost with wadi.http.trusted-proxies=127.0.0.1: other machines could send"
                        + " events without authentication; expected localhost without proxies, or one of")
                .contains("wadi.management.host=localhost with wadi.http.trusted-proxies=127.0.0.1: other hosts could"
                        + " stop routes without a password; expected localhost without proxies, or set");
    }

    @Test
    void mistakesInTheKeysFile_areReportedWithTheirLines() throws Exception {
        Path keys = Files.writeString(directory.resolve("keys.yaml"), "keys:\n  - name: shop\n    sha256: [abc]\n");
        configure("wadi.ingest.keys-file=" + keys);

        assertThat(start()).isEqualTo("""
                        Wadi cannot start:
                          keys.yaml line 3, column 14: shop: sha256 is "abc", expected one or two strings of 64 \
                        lower-case hexadecimal digits, two while a key is rotated
                          keys.yaml line 2, column 5: shop: topics is missing, expected a topic name, a prefix followed by *, \
                        or * alone
                        """);
    }

    @Test
    void invalidOrigin_isRejected() throws Exception {
        configure("wadi.http.origins=https://shop.example/");

        assertThat(start())
                .startsWith(
                        "Wadi cannot start:\n  wadi.http.origins: found https://shop.example/, expected * or an origin");
    }

    @Test
    void tokensWithoutAnIssuer_areRejected() throws Exception {
        configure("wadi.ingest.jwt-jwks=https://id.example.org/jwks.json");

        assertThat(start())
                .isEqualTo(
                        "Wadi cannot start:\n  wadi.ingest.jwt-issuer is empty, but wadi.ingest.jwt-jwks is set: set both or none\n");
    }

    @Test
    void issuerWithoutTokens_isRejected() throws Exception {
        configure("wadi.ingest.jwt-issuer=https://id.example.org");
        assertThat(start())
                .isEqualTo(
                        "Wadi cannot start:\n  wadi.ingest.jwt-jwks is empty, but wadi.ingest.jwt-issuer is set: set both or none\n");

        configure("wadi.management.jwt-issuer=https://id.example.org");
        assertThat(start())
                .contains("wadi.management.jwt-jwks is empty, but wadi.management.jwt-issuer is set: set both or none");
    }

    @Test
    void mistakesInTlsFiles_areReportedWithThoseOfOtherFiles() throws Exception {
        Path keys = Files.writeString(directory.resolve("keys.yaml"), "keys: 1\n");
        configure(
                "wadi.ingest.keys-file=" + keys,
                "wadi.http.origins=https://shop.example/",
                "wadi.http.tls-certificate=/nowhere.pem",
                "wadi.http.tls-client-ca=/nowhere-else.pem",
                "wadi.hdfs.principal=wadi@EXAMPLE.ORG",
                "wadi.hdfs.keytab=/nowhere.keytab");

        assertThat(start().lines().map(line -> line.replaceFirst(": found .*|keys.yaml line.*", "")))
                .containsExactly(
                        "Wadi cannot start:",
                        "  wadi.hdfs.keytab=/nowhere.keytab: expected a readable file",
                        "  ",
                        "  wadi.http.tls-certificate=/nowhere.pem: the file does not exist or is not readable",
                        "  wadi.http.tls-key is empty: TLS needs wadi.http.tls-certificate and wadi.http.tls-key, "
                                + "or none of wadi.http.tls-*",
                        "  wadi.http.tls-client-ca=/nowhere-else.pem: the file does not exist or is not readable",
                        "  wadi.http.origins");
    }

    @Test
    @Nightly(perChange = "TlsFilesTest")
    void tlsKeyOfAnotherCertificate_isRejected() throws Exception {
        Path certificate = Files.writeString(
                directory.resolve("certificate.pem"),
                Certificate.make(directory, "own", "EC").pem());
        Path key = Files.writeString(
                directory.resolve("key.pem"),
                Certificate.make(directory, "other", "EC").keyPem());
        configure("wadi.http.tls-certificate=" + certificate, "wadi.http.tls-key=" + key);

        assertThat(start())
                .isEqualTo("Wadi cannot start:\n  wadi.http.tls-key=" + key
                        + ": the private key does not match the first certificate in " + certificate + "\n");
    }
}
