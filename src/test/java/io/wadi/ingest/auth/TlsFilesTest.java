package io.wadi.ingest.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.runtime.watch.WatchedValue;
import io.wadi.testing.Certificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificate and key files as created by the JDK's keytool. */
class TlsFilesTest {
    @TempDir
    private static Path directory;

    private static Certificate rsa;
    private static Certificate ec;
    private static TlsFiles files;

    @BeforeAll
    static void make() throws Exception {
        rsa = Certificate.make(directory, "RSA", "RSA");
        ec = Certificate.make(directory, "EC", "EC");
        files = new TlsFiles(directory.resolve("certificate.pem"), directory.resolve("key.pem"), Optional.empty());
    }

    private static TlsCertificate parse(String certificates, String key) throws IOException {
        Files.writeString(files.certificate(), certificates);
        Files.writeString(files.key(), key);
        return files.parse(files.read());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "EdDSA"})
    void certificateAndKey_areRead(String algorithm) throws Exception {
        Certificate own = Certificate.make(directory, "own", algorithm);

        TlsCertificate taken = parse("Some text before\n" + own.pem() + ec.pem(), own.keyPem());

        assertThat(taken.chain()).containsExactly(own.certificate(), ec.certificate());
        assertThat(taken.own()).isEqualTo(own.certificate());
        assertThat(taken.key().getFormat()).isEqualTo("PKCS#8");
        assertThat(taken.clientAuthorities()).isEmpty();
    }

    @Test
    void certificateAndKeyInOneFile_areRead() throws Exception {
        String both = rsa.keyPem() + rsa.pem();

        assertThat(parse(both, both).chain()).containsExactly(rsa.certificate());
    }

    @Test
    void keyOfAnotherCertificate_isRejected() throws Exception {
        Certificate otherEc = Certificate.make(directory, "other", "EC");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(ec.pem(), otherEc.keyPem()))
                .withMessage("wadi.http.tls-key=%s: the private key does not match the first certificate in %s"
                        .formatted(files.key(), files.certificate()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(ec.pem(), rsa.keyPem()))
                .withMessageStartingWith(
                        "wadi.http.tls-key=%s: the private key does not match the first certificate in %s, which is EC: "
                                .formatted(files.key(), files.certificate()));
    }

    @Test
    void filesWithoutACertificateOrAKey_areRejected() {
        String certificate = "wadi.http.tls-certificate=" + files.certificate() + ": ";
        String key = "wadi.http.tls-key=" + files.key() + ": ";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("", rsa.keyPem()))
                .withMessage(certificate + "found no certificate, expected a PEM file with at least one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(rsa.pem() + Certificate.pem("CERTIFICATE", new byte[] {1, 2}), rsa.keyPem()))
                .withMessageStartingWith(certificate + "cannot parse certificate 2: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(rsa.pem(), ""))
                .withMessage(key + "found 0 private keys, expected one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(rsa.pem(), rsa.keyPem() + ec.keyPem()))
                .withMessage(key + "found 2 private keys, expected one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"})
    void keyOfAnotherFormat_isRejectedWithTheConversionCommand(String type) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(rsa.pem(), Certificate.pem(type, new byte[] {1})))
                .withMessage("wadi.http.tls-key=" + files.key() + ": found " + type
                        + ", expected PRIVATE KEY without a password (openssl pkcs8 -topk8 -nocrypt)");
    }

    @Test
    void clientAuthorities_areRead() throws Exception {
        Path clients = Files.writeString(directory.resolve("clients.pem"), rsa.pem() + ec.pem());
        TlsFiles mutual = new TlsFiles(files.certificate(), files.key(), Optional.of(clients));
        parse(rsa.pem(), rsa.keyPem());

        assertThat(mutual.parse(mutual.read()).clientAuthorities())
                .containsExactly(rsa.certificate(), ec.certificate());

        Files.writeString(clients, "");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mutual.parse(mutual.read()))
                .withMessageStartingWith("wadi.http.tls-client-ca=" + clients + ": found no certificate");
    }

    @Test
    void expiredAndFutureCertificates_areReported() throws Exception {
        TlsCertificate taken = parse(rsa.pem(), rsa.keyPem());
        Instant from = rsa.certificate().getNotBefore().toInstant();
        Instant until = rsa.certificate().getNotAfter().toInstant();

        assertThat(taken.expires()).isEqualTo(until);
        assertThat(taken.notValid(from)).isEmpty();
        assertThat(taken.notValid(until)).isEmpty();
        assertThat(taken.notValid(from.minus(Duration.ofSeconds(1))))
                .hasValue("the certificate of CN=RSA is not valid before " + from);
        assertThat(taken.notValid(until.plus(Duration.ofSeconds(1))))
                .hasValue("the certificate of CN=RSA expired on " + until);
    }

    /** During a renewal, one file is replaced before the other. */
    @Test
    void renewalOfOneFile_takesEffectOnceTheOtherMatches() throws Exception {
        parse(rsa.pem(), rsa.keyPem());
        WatchedValue<TlsCertificate> current = WatchedValue.of("TLS", files, files::parse);

        Files.writeString(files.certificate(), ec.pem(), UTF_8);
        current.check();
        assertThat(current.get().own()).isEqualTo(rsa.certificate());
        Files.writeString(files.key(), ec.keyPem(), UTF_8);
        current.check();

        assertThat(current.get().own()).isEqualTo(ec.certificate());
    }
}
