package io.wadi.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A self-signed certificate for {@code localhost}, created with the JDK's keytool, and its private key.
 *
 * @param store the PKCS #12 file of both, with the password {@link #PASSWORD}
 * @param name the common name (CN) of the subject
 */
public record Certificate(Path store, String name) {
    /** The password of the stores. */
    public static final String PASSWORD = "password";

    private static final String KEYTOOL = "sun.security.tools.keytool";

    /**
     * Creates a certificate.
     *
     * @param more further arguments of {@code keytool -genkeypair}
     */
    public static Certificate make(Path directory, String name, String algorithm, String... more)
            throws IOException, InterruptedException {
        Path store = Files.createTempFile(directory, name, ".p12");
        Files.delete(store);
        List<String> arguments = new ArrayList<>(List.of(
                "-genkeypair",
                "-alias",
                "wadi",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost,ip:127.0.0.1"));
        if ("RSA".equals(algorithm)) {
            // Larger keys, such as the default of Java 25, take test JVMs ten seconds: only C2 compiles the arithmetic
            // to fast instructions.
            arguments.addAll(List.of("-keysize", "2048"));
        }
        arguments.addAll(List.of(more));
        keytool(store, arguments.toArray(String[]::new));
        return new Certificate(store, name);
    }

    /**
     * Runs the JDK's keytool on a store. Test JVMs export its package and run it themselves, because a process takes
     * ten times the CPU time.
     */
    static void keytool(Path store, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
        if (Object.class.getModule().isExported(KEYTOOL, Certificate.class.getModule())) {
            // With -debug, an error is thrown; otherwise, it ends the JVM.
            all.add("-debug");
            try {
                Class.forName(KEYTOOL + ".Main")
                        .getMethod("main", String[].class)
                        .invoke(null, (Object) all.toArray(String[]::new));
            } catch (ReflectiveOperationException e) {
                throw new IOException("keytool " + all + " failed", e);
            }
        } else {
            all.add(
                    0,
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
            all.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
            Program.run(all.toArray(String[]::new));
        }
    }

    /** Returns the certificate as PEM. */
    public String pem() throws IOException, GeneralSecurityException {
        return pem("CERTIFICATE", certificate().getEncoded());
    }

    /** Returns the private key as PEM. */
    public String keyPem() throws IOException, GeneralSecurityException {
        return pem("PRIVATE KEY", key().getEncoded());
    }

    /** Returns the private key. */
    public PrivateKey key() throws IOException, GeneralSecurityException {
        return (PrivateKey) keys().getKey("wadi", PASSWORD.toCharArray());
    }

    /** Returns a PEM block. */
    public static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type
                + "-----\n";
    }

    /** Returns the certificate. */
    public X509Certificate certificate() throws IOException, GeneralSecurityException {
        return (X509Certificate) keys().getCertificate("wadi");
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    /** Returns the TLS context of a client that trusts these certificates and has none of its own. */
    public static SSLContext trust(Certificate... trusted) throws IOException, GeneralSecurityException {
        return context(null, trusted);
    }

    /** Returns the TLS context of a client that presents this certificate and trusts those. */
    public SSLContext showing(Certificate... trusted) throws IOException, GeneralSecurityException {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys(), PASSWORD.toCharArray());
        return context(own, trusted);
    }

    private static SSLContext context(KeyManagerFactory own, Certificate... trusted)
            throws IOException, GeneralSecurityException {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        for (Certificate each : trusted) {
            trust.setCertificateEntry(each.store().toString(), each.certificate());
        }
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own == null ? null : own.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }
}
