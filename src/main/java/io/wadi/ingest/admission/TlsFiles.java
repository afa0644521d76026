package io.wadi.ingest.admission;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate, those it is signed by, and its private key, as PEM (RFC 7468). The key is known to be the certificate's, so that
 * a new certificate is not taken over before its key is there too.
 *
 * @param certificates the certificates' PEM, the server's own first
 * @param key the key's PEM: PKCS #8, without a password
 * @param own the server's own certificate
 */
public record TlsFiles(String certificates, String key, X509Certificate own) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final byte[] SIGNED = {1, 2, 3};

    /** Reads both files, one after the other. */
    public static Reloading.Source source(Path certificate, Path key) {
        return () -> {
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.write(Files.readAllBytes(certificate));
            both.write('\n');
            both.write(Files.readAllBytes(key));
            return both.toByteArray();
        };
    }

    /**
     * Reads what {@link #source} gives.
     *
     * @throws IllegalArgumentException where there is no certificate, not one key, or the key is another certificate's
     */
    public static TlsFiles parse(byte[] pem) {
        List<String> certificates = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(pem, US_ASCII));
        while (block.find()) {
            switch (block.group(1)) {
                case "CERTIFICATE" -> certificates.add(block.group());
                case "PRIVATE KEY" -> keys.add(block.group());
                default ->
                    throw new IllegalArgumentException(
                            "found a PEM block " + block.group(1)
                                    + ", allowed: CERTIFICATE, and PRIVATE KEY without a password (openssl pkcs8 -topk8 -nocrypt)");
            }
        }
        if (certificates.isEmpty() || keys.size() != 1) {
            throw new IllegalArgumentException(
                    "found %d certificates and %d private keys, allowed: one or more, and one"
                            .formatted(certificates.size(), keys.size()));
        }
        try {
            X509Certificate own = certificate(certificates.get(0));
            requireKeyOf(own.getPublicKey(), keys.get(0));
            return new TlsFiles(String.join("\n", certificates), keys.get(0), own);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the certificate or its key cannot be read: " + e.getMessage(), e);
        }
    }

    private static X509Certificate certificate(String pem) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(US_ASCII)));
    }

    private static void requireKeyOf(PublicKey certified, String pem) throws GeneralSecurityException {
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        PrivateKey key = KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
        String algorithm =
                switch (certified.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> certified.getAlgorithm();
                };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(SIGNED);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(SIGNED);
        if (!signature.verify(signed)) {
            throw new IllegalArgumentException("the private key is not that of the certificate "
                    + "(both files are to change; what is there now is taken once they fit)");
        }
    }
}
