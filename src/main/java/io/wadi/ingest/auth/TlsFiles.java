package io.wadi.ingest.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.wadi.runtime.watch.WatchedValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The PEM files (RFC 7468) of a server's certificate, its private key and the authorities of its clients. They are read
 * together, so that a new certificate is not used before its key is written. Certificate and key may be in one file.
 *
 * @param certificate the file with the server's certificate, then those of its issuers
 * @param key the file with the certificate's private key: PKCS #8, unencrypted
 * @param clientCa the file with the authorities of client certificates; empty if clients need no certificate
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientCa) implements WatchedValue.Source {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    /** The separator of the files' contents, which PEM cannot contain. */
    private static final String SEPARATOR = "\0";

    private record Block(String type, String base64) {
        byte[] content() {
            return Base64.getMimeDecoder().decode(base64);
        }
    }

    /** Returns the concatenated contents of all files. */
    @Override
    public byte[] read() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path file : List.of(certificate, key, clientCa.orElse(certificate))) {
            all.write(Files.readAllBytes(file));
            all.write(SEPARATOR.getBytes(US_ASCII));
        }
        return all.toByteArray();
    }

    /**
     * Parses the result of {@link #read}.
     *
     * @throws IllegalArgumentException if a file has no certificate or not exactly one key, or the key does not match
     *     the certificate
     */
    public TlsCertificate parse(byte[] read) {
        String[] files = new String(read, US_ASCII).split(SEPARATOR, -1);
        List<X509Certificate> chain = certificates("tls-certificate", certificate, files[0]);
        PrivateKey privateKey = privateKey(chain.get(0), files[1]);
        List<X509Certificate> clients = clientCa.map(file -> certificates("tls-client-ca", file, files[2]))
                .orElse(List.of());
        TlsCertificate parsed = new TlsCertificate(chain, privateKey, clients);
        if (!parsed.keyMatches()) {
            throw invalid("tls-key", key, "the private key does not match the first certificate in " + certificate);
        }
        return parsed;
    }

    private static List<X509Certificate> certificates(String setting, Path file, String pem) {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(pem)) {
                if (block.type().equals(CERTIFICATE)) {
                    found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw invalid(setting, file, "cannot parse certificate " + (found.size() + 1) + ": " + e.getMessage());
        }
        if (found.isEmpty()) {
            throw invalid(setting, file, "found no certificate, expected a PEM file with at least one");
        }
        return List.copyOf(found);
    }

    private PrivateKey privateKey(X509Certificate own, String pem) {
        List<Block> keys = new ArrayList<>();
        for (Block block : blocks(pem)) {
            if (block.type().equals(PRIVATE_KEY)) {
                keys.add(block);
            } else if (block.type().endsWith(PRIVATE_KEY)) {
                throw invalid(
                        "tls-key",
                        key,
                        "found %s, expected PRIVATE KEY without a password (openssl pkcs8 -topk8 -nocrypt)"
                                .formatted(block.type()));
            }
        }
        if (keys.size() != 1) {
            throw invalid("tls-key", key, "found %d private keys, expected one".formatted(keys.size()));
        }
        String algorithm = own.getPublicKey().getAlgorithm();
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(keys.get(0).content()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw invalid(
                    "tls-key",
                    key,
                    "the private key does not match the first certificate in %s, which is %s: %s"
                            .formatted(certificate, algorithm, e.getMessage()));
        }
    }

    private static List<Block> blocks(String pem) {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(pem);
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
        return blocks;
    }

    private static IllegalArgumentException invalid(String setting, Path file, String error) {
        return new IllegalArgumentException("wadi.http.%s=%s: %s".formatted(setting, file, error));
    }
}
