package io.wadi.runtime.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificate authorities that are trusted instead of the authorities of the JDK. */
public final class Authorities {
    private Authorities() {}

    /**
     * Returns a TLS context that trusts only the certificates in a file; empty if no file is given.
     *
     * @param setting the setting that names the file, for the message
     * @param file the file with certificates in PEM format; empty for the authorities of the JDK
     * @throws IllegalArgumentException if the file has no readable certificates
     */
    public static Optional<SSLContext> trusting(String setting, String file) {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream pem = Files.newInputStream(Path.of(file))) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (found.isEmpty()) {
                throw new GeneralSecurityException("it contains no certificate");
            }
            for (Certificate each : found) {
                trusted.setCertificateEntry("ca-" + trusted.size(), each);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return Optional.of(context);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "%s: %s cannot be read as PEM certificates: %s".formatted(setting, file, e), e);
        }
    }
}
