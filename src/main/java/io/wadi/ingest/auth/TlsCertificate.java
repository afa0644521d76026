package io.wadi.ingest.auth;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A server's certificate and the certificate authorities of its clients.
 *
 * @param chain the server's certificate, then those of its issuers
 * @param key the private key of the server's certificate
 * @param clientAuthorities the authorities that must have issued a client's certificate; empty if clients need none
 */
public record TlsCertificate(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> clientAuthorities) {
    private static final byte[] SIGNED = {1, 2, 3};

    /** Returns the server's certificate. */
    public X509Certificate own() {
        return chain.get(0);
    }

    /** Returns the time at which the first certificate of the chain expires. */
    public Instant expires() {
        return chain.stream()
                .map(each -> each.getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Returns the reason if a certificate of the chain is not valid at a time; empty if all are valid. */
    public Optional<String> notValid(Instant now) {
        for (X509Certificate each : chain) {
            String name = each.getSubjectX500Principal().getName();
            if (each.getNotAfter().toInstant().isBefore(now)) {
                return Optional.of("the certificate of %s expired on %s"
                        .formatted(name, each.getNotAfter().toInstant()));
            }
            if (each.getNotBefore().toInstant().isAfter(now)) {
                return Optional.of("the certificate of %s is not valid before %s"
                        .formatted(name, each.getNotBefore().toInstant()));
            }
        }
        return Optional.empty();
    }

    /** Returns whether the key matches the server's certificate. */
    boolean keyMatches() {
        PublicKey certified = own().getPublicKey();
        String algorithm =
                switch (certified.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> certified.getAlgorithm();
                };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(SIGNED);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(SIGNED);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
