package io.wadi.testing;

import io.wadi.local.LocalElasticsearch;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A real Elasticsearch with TLS by an authority of its own, and the user {@code wadi} with the role that {@code docker/elasticsearch} ships. */
public final class SecureElasticsearch implements AutoCloseable {
    /** The password of the user {@code wadi}, whose hash stands below. */
    public static final String PASSWORD = "secret-of-wadi";

    private static final String HASH = "$2a$10$n6RXYI4pgUGtvO1vqc1vBeP8d90.1FwAhOyhuc.r25dziEDlj/b1O";
    private static final String SECRET = "password";

    private final OwnElasticsearch server;
    private final Path authority;

    private SecureElasticsearch(OwnElasticsearch server, Path authority) {
        this.server = server;
        this.authority = authority;
    }

    /** Starts it; returns when it answers. */
    public static SecureElasticsearch start() throws IOException, GeneralSecurityException, InterruptedException {
        Path directory = OwnElasticsearch.newDirectory().toAbsolutePath();
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("users"), "wadi:" + HASH + "\n");
        Files.writeString(config.resolve("users_roles"), "wadi:wadi\n");
        // JSON is YAML, and a role begins at the first column.
        Files.writeString(
                config.resolve("roles.yml"),
                "wadi: "
                        + Files.readString(Path.of("docker", "elasticsearch", "role.json"))
                                .replace("\n", " "));
        Path authority = certify(directory, config);
        KeyStore trusted = load(directory.resolve("ca.p12"));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(onlyCertificate(trusted));
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        String credentials = Base64.getEncoder().encodeToString(("wadi:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        LocalElasticsearch.Setup setup = new LocalElasticsearch.Setup(
                """
                xpack.security.enabled: true
                xpack.security.http.ssl.enabled: true
                xpack.security.http.ssl.key: es.key
                xpack.security.http.ssl.certificate: es.crt
                """, "https", HttpClient.newBuilder().sslContext(tls).build(), "Basic " + credentials);
        return new SecureElasticsearch(OwnElasticsearch.start(directory, setup), authority);
    }

    /** {@code https://host:port}. */
    public String hosts() {
        return server.url();
    }

    /** The file with the authority's certificate. */
    public String caFile() {
        return authority.toString();
    }

    private static Path certify(Path directory, Path config)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path own = directory.resolve("es.p12");
        Path ca = directory.resolve("ca.p12");
        String names = "san=dns:localhost,ip:127.0.0.1";
        keytool(ca, "-genkeypair", "-alias", "ca", "-keyalg", "RSA", "-dname", "CN=ca", "-ext", "bc:c");
        keytool(own, "-genkeypair", "-alias", "es", "-keyalg", "RSA", "-dname", "CN=localhost");
        Path request = directory.resolve("es.csr");
        Path certificate = config.resolve("es.crt");
        keytool(own, "-certreq", "-alias", "es", "-file", request.toString());
        keytool(
                ca,
                "-gencert",
                "-alias",
                "ca",
                "-rfc",
                "-ext",
                names,
                "-infile",
                request.toString(),
                "-outfile",
                certificate.toString());
        Path authority = directory.resolve("ca.crt");
        keytool(ca, "-exportcert", "-alias", "ca", "-rfc", "-file", authority.toString());
        byte[] key = load(own).getKey("es", SECRET.toCharArray()).getEncoded();
        Files.writeString(
                config.resolve("es.key"),
                "-----BEGIN PRIVATE KEY-----%n%s%n-----END PRIVATE KEY-----%n"
                        .formatted(Base64.getMimeEncoder().encodeToString(key)));
        return authority;
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", SECRET, "-storetype", "PKCS12"));
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (made.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, SECRET.toCharArray());
        }
        return keys;
    }

    private static KeyStore onlyCertificate(KeyStore authority) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authority.getCertificate("ca"));
        return trusted;
    }

    @Override
    public void close() {
        server.close();
    }
}
