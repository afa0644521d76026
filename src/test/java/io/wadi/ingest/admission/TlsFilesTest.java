package io.wadi.ingest.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates as the JDK's keytool makes them. */
class TlsFilesTest {
    @TempDir
    private static Path directory;

    private static Pair rsa;
    private static Pair ec;

    private record Pair(String certificate, String key) {}

    @BeforeAll
    static void make() throws Exception {
        rsa = make("RSA");
        ec = make("EC");
    }

    private static Pair make(String algorithm) throws Exception {
        Path store = directory.resolve(algorithm + ".p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process made = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "wadi",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + algorithm,
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "password")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(made.getInputStream().readAllBytes(), UTF_8)).isNotNull();
        assertThat(made.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "password".toCharArray());
        }
        return new Pair(
                pem("CERTIFICATE", keys.getCertificate("wadi").getEncoded()),
                pem("PRIVATE KEY", keys.getKey("wadi", "password".toCharArray()).getEncoded()));
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type
                + "-----\n";
    }

    private static TlsFiles parse(String... parts) {
        return TlsFiles.parse(String.join("\n", parts).getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void parse_aCertificateAndItsKey_areTaken(String algorithm) {
        Pair pair = algorithm.equals("RSA") ? rsa : ec;

        TlsFiles files = parse("Some text before\n", pair.certificate(), ec.certificate(), pair.key());

        assertThat(files.own().getSubjectX500Principal().getName()).isEqualTo("CN=" + algorithm);
        assertThat(files.certificates())
                .contains(pair.certificate().strip())
                .endsWith(ec.certificate().strip());
        assertThat(files.key()).isEqualTo(pair.key().strip());
    }

    @Test
    void parse_theKeyOfAnother_isRefused() throws Exception {
        Pair otherEc = make("ec");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(ec.certificate(), otherEc.key()))
                .withMessageStartingWith("the private key is not that of the certificate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(ec.certificate(), rsa.key()))
                .withMessageStartingWith("the certificate or its key cannot be read: ");
    }

    @Test
    void parse_notACertificateAndAKey_isRefused() {
        String message = "found %d certificates and %d private keys, allowed: one or more, and one";

        assertThatIllegalArgumentException().isThrownBy(() -> parse("")).withMessage(message.formatted(0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(rsa.certificate()))
                .withMessage(message.formatted(1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(rsa.certificate(), rsa.key(), ec.key()))
                .withMessage(message.formatted(1, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(rsa.certificate(), pem("ENCRYPTED PRIVATE KEY", new byte[] {1})))
                .withMessage("found a PEM block ENCRYPTED PRIVATE KEY, allowed: CERTIFICATE, and PRIVATE KEY without a "
                        + "password (openssl pkcs8 -topk8 -nocrypt)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(pem("CERTIFICATE", new byte[] {1, 2}), rsa.key()))
                .withMessageStartingWith("the certificate or its key cannot be read: ");
    }

    /** As when a certificate is renewed: one file is there before the other. */
    @Test
    void source_oneFileChangedBeforeTheOther_waitsForBoth() throws Exception {
        Path certificate = directory.resolve("certificate.pem");
        Path key = directory.resolve("key.pem");
        Files.writeString(certificate, rsa.certificate());
        Files.writeString(key, rsa.key());
        Reloading<TlsFiles> files = Reloading.of("TLS", TlsFiles.source(certificate, key), TlsFiles::parse);

        Files.writeString(certificate, ec.certificate());
        files.check();
        assertThat(files.get().key()).isEqualTo(rsa.key().strip());
        Files.writeString(key, ec.key());
        files.check();

        assertThat(files.get().key()).isEqualTo(ec.key().strip());
        assertThat(files.get().certificates()).isEqualTo(ec.certificate().strip());
    }
}
